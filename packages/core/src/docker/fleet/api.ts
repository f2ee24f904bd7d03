/** What the Docker API says of a swarm, as far as it is read here. */

export interface SwarmService {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Spec: ServiceSpec;
  readonly UpdateStatus?: { readonly State?: string; readonly Message?: string; readonly StartedAt?: string };
}

export interface ServiceSpec {
  readonly Name: string;
  readonly Labels?: Labels;
  readonly Mode: { readonly Replicated?: { readonly Replicas?: number }; readonly Global?: object };
  readonly TaskTemplate: TaskSpec;
  readonly EndpointSpec?: { readonly Ports?: readonly PublishedPort[] };
}

export interface PublishedPort {
  readonly Protocol?: string;
  readonly TargetPort: number;
  readonly PublishedPort?: number;
}

export interface TaskSpec {
  readonly ForceUpdate?: number;
  readonly Placement?: { readonly Constraints?: readonly string[] };
  readonly Networks?: readonly { readonly Target: string; readonly Aliases?: readonly string[] }[];
  readonly Resources?: { readonly Limits?: { readonly NanoCPUs?: number; readonly MemoryBytes?: number } };
  readonly ContainerSpec: ContainerSpec;
}

export interface ContainerSpec {
  readonly Image: string;
  readonly Labels?: Labels;
  readonly Env?: readonly string[];
  readonly Command?: readonly string[];
  readonly Args?: readonly string[];
  readonly Hostname?: string;
  readonly User?: string;
  readonly Healthcheck?: object;
  readonly Mounts?: readonly ServiceMount[];
}

export interface ServiceMount {
  readonly Type: string;
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
}

export interface SwarmTask {
  readonly ID: string;
  readonly ServiceID: string;
  readonly NodeID?: string;
  readonly Slot?: number;
  readonly CreatedAt: string;
  readonly DesiredState: string;
  readonly Spec?: Pick<TaskSpec, "ContainerSpec">;
  readonly Status: {
    readonly Timestamp?: string;
    readonly State: string;
    readonly Message?: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly ContainerID?: string; readonly ExitCode?: number };
  };
}

export interface SwarmMember {
  readonly ID: string;
  readonly Spec: { readonly Role: string; readonly Availability: string; readonly Labels?: Labels };
  readonly Description: {
    readonly Hostname: string;
    readonly Resources?: { readonly NanoCPUs?: number; readonly MemoryBytes?: number };
    readonly Engine?: { readonly EngineVersion?: string };
  };
  readonly Status: { readonly State: string; readonly Addr?: string; readonly Message?: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability?: string; readonly Addr?: string };
}

/** A line of `GET /containers/json`. */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Created: number;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Labels;
  readonly Ports: readonly object[];
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, object>> };
  readonly Mounts: readonly object[];
}

export type Labels = Readonly<Record<string, string>>;

/** The labels that Swarm gives the containers of its tasks. */
export const taskLabel = { task: "com.docker.swarm.task.id", service: "com.docker.swarm.service.id" } as const;

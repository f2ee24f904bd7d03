/** The labels that every container, network and volume of ours carries. */
export const label = {
  environment: "understudy.environment",
  service: "understudy.service",
  release: "understudy.release",
  /** The stack that it belongs to, `<project>-<environment>`: what tells two installations on one host apart. */
  stack: "understudy.stack",
  /** Of what a copy of data works with: the stack that it is for, which it is no part of. */
  incoming: "understudy.incoming",
  /** Of a container in a swarm: the ID of the node that it is on, or is to be made on. */
  node: "understudy.node",
} as const;

/** The labels by which Docker Compose, 1 and 2 alike, knows what it made. */
export const composeLabel = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  /** `True` on the container of a `docker compose run`. */
  oneOff: "com.docker.compose.oneoff",
} as const;

/**
 * Whether something on a host belongs to a stack: by our label, or, where there is none, as part of the Docker Compose project of the
 * same name, which an adopted stack is until its containers are replaced.
 */
export function isOfStack(labels: Readonly<Record<string, string>> | null | undefined, stackName: string): boolean {
  const stack = labels?.[label.stack];
  if (stack !== undefined) return stack === stackName;
  return labels?.[composeLabel.project] === stackName && labels[composeLabel.oneOff] !== "True";
}

/** A Docker list filter for everything of one stack. */
export function ofStack(stackName: string): { label: string[] } {
  return { label: [`${label.stack}=${stackName}`] };
}

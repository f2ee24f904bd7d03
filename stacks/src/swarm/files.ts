import type { types } from "@pulumi/docker";
import type { Input } from "@pulumi/pulumi";
import type { ComposeModel, FileMount, Service } from "@understudy/compose";
import { sha256, UserError } from "@understudy/core";

export type FileKind = "config" | "secret";

/** A config or secret as the swarm keeps it. */
export interface SwarmFile {
  readonly kind: FileKind;
  /** Its key in the model. */
  readonly source: string;
  /** With the content's hash: what a swarm keeps under a name never changes, and a service goes back to its old one. */
  readonly name: string;
  /** Base64. */
  readonly data: string;
}

/** Bytes; what a swarm takes is less than this. */
const TOO_LARGE = 512_000;
const LONGEST_NAME = 64;

/** The configs and secrets that services mount. Pure. @throws UserError for one that a swarm does not take */
export function swarmFiles(stackName: string, model: ComposeModel): SwarmFile[] {
  const mounted = (mounts: (service: Service) => FileMount[]) =>
    [
      ...new Set(Object.values(model.services).flatMap((service) => mounts(service).map(({ source }) => source))),
    ].sort();
  return [
    ...mounted(({ configs }) => configs).map((source) =>
      swarmFile("config", stackName, source, model.configs[source]?.content ?? ""),
    ),
    ...mounted(({ secrets }) => secrets).map((source) =>
      swarmFile("secret", stackName, source, model.secrets[source]?.content ?? ""),
    ),
  ];
}

/** Where a service finds its files. @param find the swarm's id and name of one */
export function fileReferences(
  { configs, secrets }: Service,
  find: (kind: FileKind, source: string) => { readonly id: Input<string>; readonly name: string },
): Pick<types.input.ServiceTaskSpecContainerSpec, "configs" | "secrets"> {
  const place = ({ target, mode, uid, gid }: FileMount) => ({
    fileName: target,
    fileMode: mode ?? 0o444,
    fileUid: uid ?? "0",
    fileGid: gid ?? "0",
  });
  return {
    configs: configs.map((mount) => {
      const { id, name } = find("config", mount.source);
      return { configId: id, configName: name, ...place(mount) };
    }),
    secrets: secrets.map((mount) => {
      const { id, name } = find("secret", mount.source);
      return { secretId: id, secretName: name, ...place(mount) };
    }),
  };
}

function swarmFile(kind: FileKind, stackName: string, source: string, content: string): SwarmFile {
  const bytes = Buffer.from(content);
  const refuse = (what: string, next: string): never => {
    throw new UserError(`${kind} ${source}: ${what}`, { next });
  };
  if (bytes.length === 0) refuse("is empty, and a swarm keeps no empty file", "Give it content, or remove it");
  if (bytes.length >= TOO_LARGE) {
    refuse(`has ${bytes.length} bytes, and a swarm keeps less than ${TOO_LARGE}`, "Put it into the image or a volume");
  }
  const name = `${stackName}_${source}_${sha256(bytes).slice(0, 12)}`;
  if (name.length > LONGEST_NAME) {
    refuse(`its name on the swarm, ${name}, has more than ${LONGEST_NAME} characters`, "Give it a shorter name");
  }
  return { kind, source, name, data: bytes.toString("base64") };
}

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { labelList } from "../labels.ts";
import { type FileKind, swarmFiles } from "./files.ts";
import type { SwarmInput } from "./program.ts";

export type DeclaredFile = { readonly id: pulumi.Output<string>; readonly name: string };

/**
 * Configs and secrets, each a resource of its own by its content: a changed one is a further one, and the one of before is
 * removed once the program has ended well, for until then a service may go back to it.
 */
export function declareFiles({
  stackName,
  model,
  labels,
}: SwarmInput): (kind: FileKind, source: string) => DeclaredFile {
  const declared = new Map(
    swarmFiles(stackName, model).map(({ kind, source, name, data }) => {
      const args = { name, data: pulumi.secret(data), labels: labelList(labels(kind, source)) };
      const options = { additionalSecretOutputs: ["data"], ignoreChanges: ["labels"] };
      const Kind = kind === "secret" ? docker.Secret : docker.ServiceConfig;
      const resource = new Kind(name, args, options);
      return [`${kind} ${source}`, { id: resource.id, name }];
    }),
  );
  return (kind, source) => {
    const file = declared.get(`${kind} ${source}`);
    if (!file) throw new Error(`${kind} ${source} was not declared`);
    return file;
  };
}

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { FileSource, Network, Volume } from "../model.ts";
import { problem, shownPath } from "../tree/problem.ts";
import { itemsOf, type Tree } from "../tree/tree.ts";
import { Fields } from "./fields.ts";

/** Top-level networks, volumes, configs and secrets as the model has them. */
export function readNetwork(name: string, tree: Tree): Network {
  const fields = new Fields(tree, `network ${name}`);
  const ipam = fields.inside("ipam");
  return {
    driver: fields.text("driver"),
    driverOpts: fields.map("driver_opts"),
    internal: fields.flag("internal") ?? false,
    attachable: fields.flag("attachable") ?? false,
    ipam: fields.get("ipam")
      ? { driver: ipam.text("driver"), config: itemsOf(ipam.get("config")).map((pool) => readPool(name, pool)) }
      : undefined,
    labels: fields.map("labels"),
    external: readExternal(name, fields),
  };
}

export function readVolume(name: string, tree: Tree): Volume {
  const fields = new Fields(tree, `volume ${name}`);
  return {
    driver: fields.text("driver"),
    driverOpts: fields.map("driver_opts"),
    labels: fields.map("labels"),
    external: readExternal(name, fields),
  };
}

/** @param directory what `file` is relative to */
export async function readFileSource(
  kind: "config" | "secret",
  name: string,
  tree: Tree,
  directory: string,
  variables: Readonly<Record<string, string>>,
): Promise<FileSource> {
  const subject = `${kind} ${name}`;
  const fields = new Fields(tree, subject);
  const [file, content, variable] = [fields.text("file"), fields.text("content"), fields.text("environment")];
  if ([file, content, variable].filter((one) => one !== undefined).length !== 1) {
    throw problem(tree.at, subject, "needs exactly one of 'file', 'content' and 'environment'");
  }
  if (content !== undefined) return { content, file: undefined };
  if (variable !== undefined) {
    const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
    if (value === undefined) {
      return fields.refuse(
        "environment",
        `names ${variable}, which is not set`,
        "Set it in the environment's .env file",
      );
    }
    return { content: value, file: undefined };
  }
  const path = resolve(directory, file ?? "");
  try {
    return { content: await readFile(path, "utf8"), file: path };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    return fields.refuse("file", `${shownPath(path)} cannot be read (${code})`);
  }
}

function readPool(network: string, tree: Tree) {
  const pool = new Fields(tree, `network ${network}`, "ipam.config.");
  return { subnet: pool.text("subnet"), gateway: pool.text("gateway"), ipRange: pool.text("ip_range") };
}

function readExternal(key: string, fields: Fields): { name: string } | undefined {
  const name = fields.text("name");
  if (fields.flag("external")) return { name: name ?? key };
  if (name !== undefined)
    fields.refuse("name", "goes only with 'external: true': the environment gives the name", "Remove it");
  return undefined;
}

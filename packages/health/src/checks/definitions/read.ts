import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type Installation, sourceRoot } from "@understudy/core";
import { readCode } from "./code.ts";
import type { Written } from "./written.ts";
import { readYaml } from "./yaml.ts";

/** Where checks are defined: `checks/` of the installation, or else of the checkout. It need not be there. */
export function checksFolder({ root }: Pick<Installation, "root">): string {
  const own = join(root, "checks");
  return existsSync(own) ? own : join(sourceRoot, "checks");
}

/** Every definition of `checks/*.yml` and `checks/*.ts`. @throws UserError for a file that cannot be read or run. */
export async function readDefinitions(folder: string): Promise<Written[]> {
  if (!existsSync(folder)) return [];
  const read = async (name: string) => {
    const file = join(folder, name);
    const shown = relative(process.cwd(), file);
    return /\.ya?ml$/.test(name) ? readYaml(file, shown) : await readCode(file, shown);
  };
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /(\.ya?ml|(?<!\.d|\.test)\.ts)$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  return (await Promise.all(files.map(read))).flat();
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceRoot } from "@understudy/core";

/**
 * The words that run a verb as its script in package.json does, with this very Node, from any folder.
 * @throws Error when there is no such verb
 */
export function verbScript(verb: string): [program: string, ...words: string[]] {
  const script = scripts()[verb];
  const [program, ...words] = script?.split(" ") ?? [];
  if (program !== "node") throw new Error(`package.json has no verb called ${verb}`);
  return [process.execPath, ...words.map((word) => (/^(\.\/)?packages\//.test(word) ? join(sourceRoot, word) : word))];
}

let known: Readonly<Record<string, string>> | undefined;

function scripts(): Readonly<Record<string, string>> {
  known ??= (JSON.parse(readFileSync(join(sourceRoot, "package.json"), "utf8")) as { scripts: Record<string, string> })
    .scripts;
  return known;
}

import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "@understudy/core";
import type { Written } from "./written.ts";

/** What `import … from "@understudy/health"` in a checks file means: the folder may lie anywhere. */
const facade = new URL("../define-checks.ts", import.meta.url).href;

let reads = 0;

/** Read a TypeScript file: its default export is a list of definitions. @throws UserError when it cannot be run. */
export async function readCode(file: string, shown: string): Promise<Written[]> {
  const list = await run(pathToFileURL(file), shown);
  if (!Array.isArray(list)) {
    throw new UserError(`${shown}: has no list of checks as its default export`, {
      next: "Write export default defineChecks([…]); docs/health.md has examples",
    });
  }
  return list.map((value, index) => ({ value, place: () => `${shown}, check ${index + 1}` }));
}

async function run(url: URL, shown: string): Promise<unknown> {
  const folder = new URL(".", url).href;
  // Node keeps a module for ever by its address; a file that was changed must be read again.
  const again = `?read=${++reads}`;
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === "@understudy/health" && context.parentURL?.startsWith(folder)) {
        return { url: facade, shortCircuit: true };
      }
      const resolved = next(specifier, context);
      const address = resolved.url.replace(/\?.*$/, "");
      if (!address.startsWith(folder) || !address.endsWith(".ts")) return resolved;
      return { ...resolved, url: address + again, format: "module-typescript" };
    },
  });
  try {
    return ((await import(url.href + again)) as { default?: unknown }).default;
  } catch (error) {
    throw new UserError(`${shown}: cannot be run: ${messageOf(error)}`, { next: "Correct the file", cause: error });
  } finally {
    hooks.deregister();
  }
}

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ComposeModel, loadCompose } from "@understudy/compose";
import { parseEnvFile, renderEnvFile } from "@understudy/core";

const folder = new URL("../../../compose/", import.meta.url);

/** For tests: this product's compose files, merged, with a value for every variable of the template. */
export async function productModel(...files: readonly string[]): Promise<ComposeModel> {
  const template = readFileSync(new URL("env.template", folder), "utf8");
  return await loadCompose({
    files: files.map((file) => fileURLToPath(new URL(file, folder))),
    variables: parseEnvFile(renderEnvFile(template, () => "secret")),
  });
}

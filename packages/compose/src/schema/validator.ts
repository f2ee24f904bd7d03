import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { sha256 } from "@understudy/core";
import type { ValidateFunction } from "ajv";

const require = createRequire(import.meta.url);
const packageRoot = join(import.meta.dirname, "../..");

let validator: ValidateFunction | undefined;

/**
 * The validator of compose-spec.json. Compiling it takes longer than everything else in reading a compose file, so the
 * compiled code is kept in node_modules/.cache, under a name that changes with the schema and with Ajv.
 */
export function composeValidator(): ValidateFunction {
  validator ??= kept() ?? compile();
  return validator;
}

function kept(): ValidateFunction | undefined {
  const file = keptFile();
  return existsSync(file) ? require(file) : undefined;
}

function compile(): ValidateFunction {
  const { Ajv2019 } = require("ajv/dist/2019.js") as typeof import("ajv/dist/2019.js");
  const { default: standalone } = require("ajv/dist/standalone") as typeof import("ajv/dist/standalone/index.js");
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false, code: { source: true } });
  // The published schema still says `id` where the 2019 draft says `$id`.
  const schema = JSON.parse(schemaText(), (key, value) =>
    (key === "id" && typeof value === "string") || key === "$schema" ? undefined : value,
  );
  const compiled = ajv.compile(schema);
  keep(standalone(ajv, compiled));
  return compiled;
}

/** Whole or not at all; a checkout that cannot be written to compiles each time. */
function keep(code: string): void {
  const file = keptFile();
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, code);
    renameSync(draft, file);
  } catch (error) {
    if (!["EACCES", "EROFS", "EPERM", "ENOSPC"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function keptFile(): string {
  const { version } = require("ajv/package.json") as { version: string };
  const key = sha256(schemaText() + version).slice(0, 16);
  return join(packageRoot, "node_modules", ".cache", `compose-spec-${key}.cjs`);
}

function schemaText(): string {
  return readFileSync(join(import.meta.dirname, "compose-spec.json"), "utf8");
}

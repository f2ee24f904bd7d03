import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Installation, sourceRoot, UserError } from "@understudy/core";
import type { EnvironmentFile } from "@understudy/environment";
import { fillIn } from "../../checks/definitions/fill-in.ts";
import type { Written } from "../../checks/definitions/written.ts";
import { readYaml } from "../../checks/definitions/yaml.ts";
import { definitionSchema, type WorkflowTest } from "./definition.ts";

/** What each run of a test has values of its own for. */
const ownVariables: readonly string[] = ["nonce", "catcher", "table"];

/** A test as it was written, and the folder that the files it names are in. */
export interface ReadTest extends WorkflowTest {
  readonly folder: string;
}

/**
 * Every test of `checks/workflows/*.yml`: of the installation, or else of the checkout.
 * @throws UserError with file, line and field for the first that is wrong.
 */
export function readTests(
  { root }: Pick<Installation, "root">,
  envFile: Pick<EnvironmentFile, "path" | "values">,
): ReadTest[] {
  const folders = [root, sourceRoot].map((home) => join(home, "checks", "workflows"));
  const folder = folders.find((path) => filesIn(path).length > 0) ?? "";
  const places = new Map<string, string>();
  return filesIn(folder).flatMap((name) => {
    const file = join(folder, name);
    return readYaml(file, relative(root, file)).map((written) => {
      const test = { ...interpret(written, envFile), folder: dirname(file) };
      const other = places.get(test.name);
      if (other) throw new UserError(`${written.place(["name"])}: ${other} has a test "${test.name}" already`);
      places.set(test.name, written.place(["name"]));
      return test;
    });
  });
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
}

function interpret(written: Written, envFile: Pick<EnvironmentFile, "path" | "values">): WorkflowTest {
  const parsed = definitionSchema.safeParse(fillIn(written, envFile, ownVariables));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue) throw parsed.error;
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
  // What is wrong with a key is wrapped.
  const message = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  throw new UserError(`${written.place(path)}: ${path.join(".") || "test"}: ${message}`, {
    next: "docs/workflow-tests.md explains each field",
  });
}

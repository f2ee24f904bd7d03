import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { sourceRoot } from "../installation.ts";
import { parseSettings, settingsSchema } from "./settings.ts";

const file = "docs/understudy.example.yml";
const example = readFileSync(join(sourceRoot, file), "utf8");

describe(file, () => {
  it("is accepted", () => {
    expect(() => parseSettings(example, file)).not.toThrow();
  });

  it("shows every field", () => {
    // Of whichever environment it is shown.
    const shown = leafPaths(parse(example)).map((path) =>
      path.replace(/^environments\.[^.]+\./, "environments.staging."),
    );
    const fields = fieldsOf(z.toJSONSchema(settingsSchema, { io: "input" }));
    expect(fields.length).toBeGreaterThan(10);
    expect(fields.filter((field) => !shown.some((path) => `${path}.`.startsWith(`${field}.`)))).toEqual([]);
  });

  it("names each default in the comment above its field", () => {
    const defaults = fieldDefaults(z.toJSONSchema(settingsSchema, { io: "input" }));
    expect(defaults.length).toBeGreaterThan(5);
    for (const [name, value] of defaults) expect(commentAbove(name), name).toContain(`Default: ${value}`);
  });
});

describe("understudy.yml of the checkout", () => {
  it("spells out the defaults", () => {
    const own = readFileSync(join(sourceRoot, "understudy.yml"), "utf8");
    expect(parseSettings(own, "understudy.yml")).toEqual(parseSettings("", "empty"));
  });
});

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  default?: unknown;
}

/** Dotted names of the fields; an environment's are under `environments.staging`. */
function fieldsOf(schema: z.core.JSONSchema.BaseSchema | JsonSchema, path = ""): string[] {
  return properties(schema as JsonSchema).flatMap(([name, field]) => [
    `${path}${name}`,
    ...fieldsOf(field, `${path}${name}.`),
    ...(name === "environments" ? fieldsOf(field.additionalProperties as JsonSchema, "environments.staging.") : []),
  ]);
}

function fieldDefaults(schema: z.core.JSONSchema.BaseSchema | JsonSchema): [string, string][] {
  return properties(schema as JsonSchema).flatMap(([name, field]) => [
    ...(["string", "number"].includes(typeof field.default) ? [[name, String(field.default)] as [string, string]] : []),
    ...fieldDefaults(field),
    ...(name === "environments" ? fieldDefaults(field.additionalProperties as JsonSchema) : []),
  ]);
}

function properties(schema: JsonSchema): [string, JsonSchema][] {
  return Object.entries(schema.properties ?? {});
}

function leafPaths(value: unknown, path = ""): string[] {
  if (!value || typeof value !== "object" || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leafPaths(inner, path ? `${path}.${name}` : name));
}

/** The comment lines right above a field's first line. */
function commentAbove(field: string): string {
  const lines = example.split("\n");
  const at = lines.findIndex((line) => line.trim().startsWith(`${field}:`));
  const above: string[] = [];
  for (let index = at - 1; lines[index]?.trim().startsWith("#"); index--) above.unshift(lines[index] ?? "");
  return above.join("\n");
}

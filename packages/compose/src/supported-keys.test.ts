import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Keys, refusedKeys, supportedKeys } from "./supported-keys.ts";
import { supportedKeysTable } from "./supported-keys-table.ts";

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  oneOf?: Schema[];
  items?: Schema;
}
const schema = JSON.parse(readFileSync(new URL("./schema/compose-spec.json", import.meta.url), "utf8")) as Schema & {
  definitions: Record<string, Schema>;
};

test("docs/configuration.md shows the table that checks the files", () => {
  const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
  const shown = /<!-- compose-keys -->\n\n([\s\S]*?)\n\n<!-- \/compose-keys -->/.exec(page)?.[1];
  expect(shown).toBe(supportedKeysTable());
});

test("every supported key is one of the Compose specification", () => {
  for (const [path, key] of paths(supportedKeys, schema)) expect(key, path).toBeDefined();
});

test("no key is both supported and refused on services", () => {
  for (const key of Object.keys(supportedKeys.services?.each ?? {})) expect(refusedKeys).not.toHaveProperty(key);
});

function paths(keys: Keys, at: Schema, prefix = ""): [string, Schema | undefined][] {
  return Object.entries(keys).flatMap(([name, key]): [string, Schema | undefined][] => {
    const found = variants(at).find((one) => one.properties?.[name])?.properties?.[name];
    const path = `${prefix}${name}`;
    const inner = found ? variants(found) : [];
    const items = inner.flatMap((one) => [
      ...Object.values(one.patternProperties ?? {}),
      ...(one.items ? [one.items] : []),
    ]);
    return [
      [path, found],
      ...(key.keys && found ? paths(key.keys, found, `${path}.`) : []),
      ...(key.each ? paths(key.each, { oneOf: items }, `${path}.*.`) : []),
    ];
  });
}

function variants(at: Schema): Schema[] {
  const resolved = at.$ref ? (schema.definitions[at.$ref.split("/").at(-1) ?? ""] ?? {}) : at;
  return [resolved, ...(resolved.oneOf ?? []).flatMap(variants)];
}

import { type Keys, refusedKeys, supportedKeys } from "./supported-keys.ts";

/** The Markdown tables of docs/configuration.md#compose-keys, from the same data that checks the files. */
export function supportedKeysTable(): string {
  const rows = flatten(supportedKeys, "").map(([key, about]) => `| \`${key}\` | ${about} |`);
  const refused = Object.entries(refusedKeys).map(([key, why]) => `| \`${key}\` | ${why}. |`);
  return [
    "| key | what it does |",
    "|---|---|",
    ...rows,
    "",
    "Refused, with more to say than that it is not supported:",
    "",
    "| key | what to do instead |",
    "|---|---|",
    ...refused,
  ].join("\n");
}

function flatten(keys: Keys, prefix: string): [string, string][] {
  return Object.entries(keys).flatMap(([name, key]): [string, string][] => {
    const path = `${prefix}${name}`;
    return [[path, key.about], ...flatten(key.keys ?? {}, `${path}.`), ...flatten(key.each ?? {}, `${path}.*.`)];
  });
}

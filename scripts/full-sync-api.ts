import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApi } from "../packages/peers/src/http/open-api.ts";

/** `node scripts/full-sync-api.ts`: docs/full-sync-api.md from the agent's own description of itself. */
export const page = join(import.meta.dirname, "../docs/full-sync-api.md");

interface Described {
  readonly summary: string;
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
}

/** The page's text. */
export function fullSyncApi(): string {
  const { paths } = openApi() as { paths: Readonly<Record<string, Readonly<Record<string, Described>>>> };
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ path, method: method.toUpperCase(), ...described })),
  );
  const table = (of: (path: string) => boolean) => [
    "| address | what | fields of the body (`?`: may be left out) | answers |",
    "|---|---|---|---|",
    ...rows
      .filter(({ path }) => of(path))
      .map(({ path, method, summary, requestBody, responses }) => {
        const fields = fieldsOf(requestBody?.content["application/json"].schema);
        const done = Object.keys(responses).find((status) => status.startsWith("2"));
        return `| \`${method} ${path}\` | ${summary} | ${fields} | ${done} |`;
      }),
  ];
  const [first] = rows;
  const failures = Object.entries(first?.responses ?? {}).filter(([status]) => !status.startsWith("2"));
  return [
    "# The agent's API",
    "",
    "Made from the code by `node scripts/full-sync-api.ts`. The guide is [full sync](full-sync.md); the schemas are in `/api/admin/sync/openapi.json`.",
    "",
    "## For operators",
    "",
    "Programs send `Authorization: Bearer <PEERS_ADMIN_TOKEN>`, or through the [console](console.md) a token of its own; its page sends the session's cookie.",
    "",
    ...table((path) => path.startsWith("/api/admin/")),
    "",
    "## Between peers",
    "",
    "Each sends the token that the other made for it, `x-understudy-kind` and `x-understudy-protocol`.",
    "",
    ...table((path) => !path.startsWith("/api/admin/")),
    "",
    "## What fails",
    "",
    'Every failure answers `{"success":false,"error":{"code","message","next"}}`.',
    "",
    "| status | why |",
    "|---|---|",
    ...failures.map(([status, { description }]) => `| ${status} | ${description} |`),
    "",
  ].join("\n");
}

function fieldsOf(schema: Schema | undefined): string {
  if (!schema) return "";
  if (schema.anyOf) return schema.anyOf.map(fieldsOf).join(" or ");
  const { properties = {}, required = [] } = schema;
  return Object.keys(properties)
    .map((name) => `\`${name}${required.includes(name) ? "" : "?"}\``)
    .join(" ");
}

if (import.meta.main) writeFileSync(page, fullSyncApi());

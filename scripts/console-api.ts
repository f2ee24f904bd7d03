import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describedRoutes } from "../packages/console/src/http/described-routes.ts";

/** `node scripts/console-api.ts`: docs/console-api.md from the console's own routes. */
export const page = join(import.meta.dirname, "../docs/console-api.md");

/** The page's text. */
export function consoleApi(): string {
  return [
    "# The console's API",
    "",
    "Made from the code by `node scripts/console-api.ts`. The guide is [the console](console.md); the schemas are in `/api/console/openapi.json`.",
    "",
    "Programs send `Authorization: Bearer <token>`. Pages send the session's cookie and, with what is no `GET`, `x-csrf-token`.",
    'What fails answers `{"error":{"message","next"}}`: 401 not logged in, 403 a viewer or another page, 421 another host name,',
    "422 a wrong field or something that cannot be done, 429 too many attempts.",
    "",
    "| address | who | what | fields of the answer |",
    "|---|---|---|---|",
    ...describedRoutes().map(
      ({ method, path, who, summary, fields }) =>
        `| \`${method} ${path}\` | ${who} | ${summary} | ${fields.map((field) => `\`${field}\``).join(" ")} |`,
    ),
    "",
  ].join("\n");
}

if (import.meta.main) writeFileSync(page, consoleApi());

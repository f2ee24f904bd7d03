import type { Check } from "../check.ts";
import { define } from "../registry.ts";
import { databaseLogin, loginFromUrl } from "./database-login.ts";

const port = 8080;

export function openWebui(): Check[] {
  const service = "open-webui";
  return [
    define({ name: "open-webui health", type: "http", service, port, path: "/health" }),
    define({ name: "open-webui database query", type: "http", service, port, path: "/health/db" }),
    databaseLogin("open-webui database", service, ({ DATABASE_URL }) => loginFromUrl(DATABASE_URL)),
  ];
}

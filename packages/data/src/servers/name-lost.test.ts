import { PostgresError } from "@understudy/postgres";
import { expect, it } from "vitest";
import { nameLost } from "./name-lost.ts";
import type { Server } from "./server.ts";

const server = (environment: string, port: number) => ({ environment, login: { host: "10.0.0.1", port } }) as Server;
const servers = [server("production", 54), server("staging", 5432)];
const thrown = (error: unknown) => nameLost(servers, () => Promise.reject(error)).catch((caught: unknown) => caught);

it("says of which environment the server is that was lost", async () => {
  const lost = new PostgresError("Postgres at 10.0.0.1:5432 closed the connection: EPIPE", { code: "EPIPE" });
  expect(await thrown(lost)).toMatchObject({
    message: "staging's Postgres at 10.0.0.1:5432 closed the connection: EPIPE",
    next: "See pnpm logs postgres --environment staging",
    code: "EPIPE",
  });
});

it.each([
  new PostgresError("column a does not exist", { code: "42703" }),
  new PostgresError("Postgres at 10.0.0.2:5432 refuses connections", { code: "ECONNREFUSED" }),
  new Error("Postgres at 10.0.0.1:5432 is no more"),
])("leaves every other failure as it is: %s", async (error) => {
  expect(await thrown(error)).toBe(error);
});

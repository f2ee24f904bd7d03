import { expect, it } from "vitest";
import { planManaged } from "./plan.ts";
import { seenDatabase, seenServer } from "./testing.ts";

const values = { APP_DB_PASSWORD: "kettle.On-7" };
const plan = (changed: Parameters<typeof seenDatabase>[0]) =>
  planManaged(seenServer({ databases: [seenDatabase(changed)] }), values).map(
    ({ database, text }) => `${database}: ${text}`,
  );

it("makes role, database and extension, in this order, on a server that has none of them", () => {
  const statements = plan({ role: "absent", joined: false, owner: undefined, hasExtension: false });
  expect(statements).toEqual([
    expect.stringMatching(/^postgres: CREATE ROLE "app" LOGIN PASSWORD 'SCRAM-SHA-256\$4096:/),
    'postgres: GRANT "app" TO CURRENT_USER',
    'postgres: CREATE DATABASE "app" OWNER "app"',
    'postgres: REVOKE ALL ON DATABASE "app" FROM PUBLIC',
    'app: CREATE EXTENSION IF NOT EXISTS "vector" SCHEMA public',
  ]);
  expect(statements.join()).not.toContain("kettle");
});

it("goes on where a run was cut off", () => {
  expect(plan({ owner: undefined, hasExtension: false })).toEqual([
    'postgres: CREATE DATABASE "app" OWNER "app"',
    'postgres: REVOKE ALL ON DATABASE "app" FROM PUBLIC',
    'app: CREATE EXTENSION IF NOT EXISTS "vector" SCHEMA public',
  ]);
  expect(plan({ joined: false })).toEqual(['postgres: GRANT "app" TO CURRENT_USER']);
});

it("changes nothing where all is there", () => {
  expect(plan({})).toEqual([]);
  expect(plan({ extension: undefined, hasExtension: false })).toEqual([]);
});

import { expect, it } from "vitest";
import { missingRoles } from "../restore/missing-roles.ts";
import { roleStatements } from "./roles.ts";

const roles = [
  { name: "app", login: true, inherit: true, within: [] },
  { name: "boss", login: true, inherit: true, within: ["app", "app"] },
  { name: 'Some "one"', login: false, inherit: false, within: [] },
];

it("makes roles, what they may, and who belongs to whom, in an order that a server takes", () => {
  expect(roleStatements(roles)).toBe(`CREATE ROLE "app";
CREATE ROLE "boss";
CREATE ROLE "Some ""one""";
ALTER ROLE "app" WITH INHERIT LOGIN;
ALTER ROLE "boss" WITH INHERIT LOGIN;
ALTER ROLE "Some ""one""" WITH NOINHERIT NOLOGIN;
GRANT "app" TO "boss";
`);
});

it("is read as what pg_dumpall wrote is", () => {
  expect(missingRoles(roleStatements(roles), new Set(["app", "boss"]))).toEqual([
    'CREATE ROLE "Some ""one""";',
    'ALTER ROLE "Some ""one""" WITH NOINHERIT NOLOGIN;',
  ]);
});

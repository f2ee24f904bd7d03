import { expect, it } from "vitest";
import { missingRoles } from "./missing-roles.ts";

const dump = String.raw`--
-- Roles
--
\restrict abc
SET standard_conforming_strings = on;
CREATE ROLE app;
ALTER ROLE app WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:x';
CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER;
CREATE ROLE "an ""odd"" name";
ALTER ROLE "an ""odd"" name" SET search_path TO 'public';
GRANT app TO "an ""odd"" name" WITH INHERIT TRUE GRANTED BY postgres;
GRANT app TO postgres GRANTED BY postgres;
\unrestrict abc`;

it("takes what makes the roles that are missing, and nothing of those that are there", () => {
  expect(missingRoles(dump, new Set(["postgres", "app"]))).toEqual([
    'CREATE ROLE "an ""odd"" name";',
    `ALTER ROLE "an ""odd"" name" SET search_path TO 'public';`,
    'GRANT app TO "an ""odd"" name" WITH INHERIT TRUE GRANTED BY postgres;',
  ]);
});

it("takes nothing where all are there, and all of them on an empty server", () => {
  expect(missingRoles(dump, new Set(["postgres", "app", 'an "odd" name']))).toEqual([]);
  expect(missingRoles(dump, new Set(["postgres"]))).toHaveLength(5);
});

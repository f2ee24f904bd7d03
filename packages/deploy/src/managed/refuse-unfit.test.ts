import { describe, expect, it } from "vitest";
import type { SeenDatabase, SeenServer } from "./look.ts";
import { type Fitness, refuseUnfit } from "./refuse-unfit.ts";
import { seenDatabase, seenServer } from "./testing.ts";

const fitness: Fitness = {
  managed: { place: "db.example.org:5432", user: "boss", databases: [], trial: "" },
  ...{ environment: "production", envFile: ".env.production", known: [], accepted: [] },
};

const refusal = (server: Partial<SeenServer>, told: Partial<Fitness> = {}) => {
  try {
    refuseUnfit(seenServer(server), { ...fitness, ...told });
    return undefined;
  } catch (error) {
    return error;
  }
};
const ofDatabase = (changed: Partial<SeenDatabase>, server: Partial<SeenServer> = {}) =>
  refusal({ ...server, databases: [seenDatabase(changed)] });

describe("a managed server", () => {
  it("is taken as a deploy leaves it, and empty", () => {
    expect(refusal({})).toBeUndefined();
    expect(ofDatabase({ role: "absent", joined: false, owner: undefined, hasExtension: false })).toBeUndefined();
  });

  it.each([14, 18])("of version %i is refused", (version) => {
    expect(refusal({ version })).toMatchObject({
      message: `The managed Postgres at db.example.org:5432 is version ${version}; 15 to 17 can be used`,
    });
  });

  it("is refused to an administrator who lacks a right", () => {
    expect(refusal({ mayCreate: { roles: false, databases: true } })).toMatchObject({
      message: 'Postgres user "boss" at db.example.org:5432 may not make what the stack needs: it lacks CREATEROLE',
      next: 'As who may: ALTER ROLE "boss" CREATEROLE',
    });
  });

  it("without an extension is refused, unless the database has it already", () => {
    const none = { extensions: new Set<string>() };
    expect(ofDatabase({ hasExtension: false }, none)).toMatchObject({
      message: expect.stringContaining("no extension vector"),
    });
    expect(ofDatabase({}, none)).toBeUndefined();
  });

  it("where a role has another password is left alone", () => {
    expect(ofDatabase({ role: "other password" })).toMatchObject({
      message: "Role app at db.example.org:5432 is there, and does not log in with APP_DB_PASSWORD of .env.production",
    });
  });

  it("where a database is somebody else's is left alone", () => {
    expect(ofDatabase({ owner: "shop" })).toMatchObject({
      message: "Database app at db.example.org:5432 belongs to shop, not to role app",
    });
  });

  it("where the administrator may not act for a role that is there is refused", () => {
    expect(ofDatabase({ joined: false })).toMatchObject({ next: 'As who made the role: GRANT "app" TO "boss"' });
  });

  it("that has lost databases is refused, unless they may begin empty", () => {
    const lost = { databases: [seenDatabase({ owner: undefined, hasExtension: false })] };
    expect(refusal(lost, { known: ["app"] })).toMatchObject({
      message: "production's databases app were there after the last deploy and are not at db.example.org:5432",
      next: expect.stringContaining("--accept-empty-volume app"),
    });
    expect(refusal(lost, { known: ["app"], accepted: ["app"] })).toBeUndefined();
  });
});

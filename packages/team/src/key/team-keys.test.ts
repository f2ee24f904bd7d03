import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, type Installation } from "@understudy/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { audienceOf, keysOf, ownRecipient, teamKey, useTeamKey } from "./team-keys.ts";

let installation: Installation;
beforeEach(() => {
  installation = findInstallation({ UNDERSTUDY_ROOT: mkdtempSync(join(tmpdir(), "understudy-keys-")) });
});
afterEach(() => rmSync(installation.root, { recursive: true }));

describe("the keys of a team", () => {
  it("are made once, for their owner alone", async () => {
    const key = teamKey(installation);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(teamKey(installation)).toBe(key);
    expect(await ownRecipient(installation)).toBe(await ownRecipient(installation));
    for (const file of ["team.key", "team.identity"]) {
      expect(statSync(join(installation.stateDir, file)).mode & 0o777).toBe(0o600);
    }
  });

  it("are refused when others can read them", () => {
    teamKey(installation);
    chmodSync(join(installation.stateDir, "team.key"), 0o640);
    expect(() => teamKey(installation)).toThrow(/can be read by others/);
  });

  it("are taken over from a teammate, and never lost to one", () => {
    const [theirs, another] = ["A".repeat(43), "B".repeat(43)];
    useTeamKey(installation, theirs);
    useTeamKey(installation, theirs);
    expect(teamKey(installation)).toBe(theirs);
    expect(() => useTeamKey(installation, another)).toThrow(/holds another key already/);
    expect(() => useTeamKey(installation, "short")).toThrow(/no team key/);
  });

  it("open what is made without recipients; with recipients, its maker is one", async () => {
    const { passphrases } = await keysOf(installation, { TEAM_PASSPHRASE: "mine" });
    expect(passphrases).toEqual(["mine", teamKey(installation)]);
    expect(await audienceOf(installation, [], {})).toEqual({ passphrase: teamKey(installation) });
    expect(await audienceOf(installation, [], { TEAM_PASSPHRASE: "mine" })).toEqual({ passphrase: "mine" });
    expect(await audienceOf(installation, ["age1x"], {})).toEqual({
      recipients: ["age1x", await ownRecipient(installation)],
    });
  });
});

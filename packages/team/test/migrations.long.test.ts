import { findInstallation, loadSettings, resolveEnvironment } from "@understudy/core";
import { writeDataFacts } from "@understudy/environment";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chain, code, webhook } from "../../health/test/support/workflow-n8n.ts";
import { TwoN8ns } from "../../workflows/test/support/two-n8ns.ts";
import type { ExportReport } from "../src/export/team-export.ts";
import { aCopy, noCopy } from "./support/developers.ts";

const path = "orders-import";

describe("workflow migrations, where a teammate's data is imported", () => {
  let stage: TwoN8ns;
  const json = <Report>(verb: string, ...flags: string[]) => stage.installation.json<Report>(verb, ...flags);
  const exported = async () => (await json<ExportReport>("team:export")).archive;
  const workflows = async () => {
    const { api } = await stage.n8n("staging");
    return (await api.list()).map(({ name, active }) => [name, active]);
  };
  const know = (facts: typeof aCopy) => {
    const installation = findInstallation({ UNDERSTUDY_ROOT: stage.installation.root });
    writeDataFacts({ installation, environment: resolveEnvironment(loadSettings(installation), "staging") }, facts);
  };
  /** Of an n8n without workflows: of data that is a copy of production's, and of data that is none. */
  const archives = { copy: "", none: "" };

  beforeAll(async () => {
    stage = await TwoN8ns.open();
    know(aCopy);
    archives.copy = await exported();
    know(noCopy);
    archives.none = await exported();
    const { api } = await stage.n8n("staging");
    const answer = code("Answer", "return [{ json: { said: 1 } }];");
    await api.create({ name: "Orders", ...chain(webhook(path), answer) }, true);
    await json("n8n:create-migration", "Orders");
    await json("n8n:migrate-up", "--staging");
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it("bring back what the data lacks, live, and the way back has it too", async () => {
    await json("team:import", archives.none, "--yes");
    expect(await workflows()).toEqual([["Orders", true]]);
    await stage.answers("staging", path, { said: 1 });
    await json("team:undo", "--yes");
    expect(await workflows()).toEqual([["Orders", true]]);
    await stage.answers("staging", path, { said: 1 });
  });

  it("switch on nothing that the policy of a copy of production's data does not name", async () => {
    await json("team:import", archives.copy, "--yes");
    expect(await workflows()).toEqual([["Orders", false]]);
  });
});

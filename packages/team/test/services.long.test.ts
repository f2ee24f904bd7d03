import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { connectEngine, type Engine, exec } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, type TestInstallation } from "../../deploy/test/support/installation.ts";
import { TestN8n } from "../../health/test/support/workflow-n8n.ts";
import type { ExportReport } from "../src/export/team-export.ts";
import type { ImportReport } from "../src/import/team-import.ts";
import { expectNoSecrets } from "./support/planted.ts";

/** One developer's whole staging: every service. */
interface Whole {
  readonly installation: TestInstallation;
  readonly offset: number;
}

const header = { name: "x-team-secret", value: "known-to-both" };
const path = "team-credential";

/** A webhook that lets in who shows what a credential holds. */
const guarded = (credential: { id: string; name: string }) => ({
  name: "guarded",
  nodes: [
    {
      name: "Webhook",
      type: "n8n-nodes-base.webhook",
      typeVersion: 2,
      position: [0, 0],
      webhookId: path,
      parameters: { path, authentication: "headerAuth", responseMode: "onReceived" },
      credentials: { httpHeaderAuth: credential },
    },
  ],
});

describe("two developers' whole stagings", () => {
  const developers: Whole[] = [];
  let engine: Engine;

  beforeAll(async () => {
    engine = await connectEngine("local");
    for (const offset of [25_000, 26_000]) {
      const environment = `{ kind: staging, profile: laptop, portOffset: ${offset}, bind: 127.0.0.1 }`;
      const installation = createInstallation(`environments:\n  staging: ${environment}\nteamSync: { team: shop }\n`);
      developers.push({ installation, offset });
      await installation.json("deploy:staging", "--env", "laptop");
    }
    await ann().installation.run("team:key");
    copyFileSync(keyOf(ann()), keyOf(bob()));
  }, 1_800_000);
  afterAll(async () => {
    for (const { installation } of developers) await installation[Symbol.asyncDispose]();
    await engine?.close();
  });

  const ann = () => developers[0] as Whole;
  const bob = () => developers[1] as Whole;
  const keyOf = ({ installation }: Whole) => join(installation.root, ".understudy/team.key");
  const n8n = ({ installation, offset }: Whole) =>
    new TestN8n(`http://localhost:${5678 + offset}`, installation.env("staging").N8N_API_KEY ?? "");
  const call = async ({ offset }: Whole, value: string) => {
    const answer = await fetch(`http://localhost:${5678 + offset}/webhook/${path}`, {
      headers: { [header.name]: value },
    });
    return `${answer.status} ${await answer.text()}`;
  };
  // n8n registers the webhook of what was published a moment later.
  const opens = (whole: Whole) => expect.poll(() => call(whole, header.value), { timeout: 30_000 }).toMatch(/^200 /);
  const cypher = async ({ installation }: Whole, script: string) => {
    const { NEO4J_PASSWORD = "" } = installation.env("staging");
    const command = ["cypher-shell", "-u", "neo4j", "-p", NEO4J_PASSWORD, "--format", "plain"];
    const { exitCode, stdout, stderr } = await exec(engine, `${installation.project}-staging-neo4j`, command, {
      stdin: script,
    });
    if (exitCode !== 0) throw new Error(stderr + stdout);
    return stdout;
  };
  const carry = async (from: Whole, to: Whole, planted: readonly string[] = []) => {
    const { archive } = await from.installation.json<ExportReport>("team:export", "--include-volumes");
    expectNoSecrets(archive, from.installation.env("staging"), planted);
    mkdirSync(join(to.installation.root, "team-sync-exports"), { recursive: true });
    const file = join(to.installation.root, "team-sync-exports", basename(archive));
    copyFileSync(archive, file);
    return await to.installation.json<ImportReport>("team:import", file, "--yes");
  };
  const graph =
    "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n), properties(n), type(r), properties(m) ORDER BY n.name;";

  it("are equal after an import: workflows run, credentials open, the graph is the same; there and back changes nothing", async () => {
    const credential = await n8n(ann()).call<{ id: string; name: string }>("POST", "/credentials", {
      name: "team header",
      type: "httpHeaderAuth",
      data: header,
    });
    await n8n(ann()).create(guarded({ id: credential.id, name: credential.name }), true);
    await cypher(ann(), "CREATE (:Person {name: 'Ann'})-[:KNOWS]->(:Person {name: 'Bob'});");

    // Nobody has called it yet: n8n's executions hold what callers sent, and travel.
    const there = await carry(ann(), bob(), [header.value]);
    expect(there).toMatchObject({ imported: true, workflows: 1 });
    expect((await n8n(bob()).list()).map(({ name, active }) => [name, active])).toEqual([["guarded", true]]);
    await opens(bob());
    expect(await call(bob(), "wrong")).toMatch(/^403 /);
    expect(await cypher(bob(), graph)).toBe(await cypher(ann(), graph));

    const before = await cypher(ann(), graph);
    expect(await carry(bob(), ann())).toMatchObject({ imported: true });
    expect(await cypher(ann(), graph)).toBe(before);
    await opens(ann());
    // Degraded it may be, by what else the machine does; unhealthy, 1, it is not.
    expect([0, 3]).toContain((await ann().installation.run("health:check", "--staging")).exitCode);
  }, 3_600_000);

  it("share workflows alone", async () => {
    const made = await n8n(ann()).create({
      name: "only mine",
      nodes: guarded({ id: "x", name: "x" }).nodes.map((node) => ({
        ...node,
        credentials: {},
        parameters: { path: "alone" },
      })),
    });
    const { archive } = await ann().installation.json<ExportReport>("team:export");
    expect(await bob().installation.run("team:import", archive, "--only", "workflows", "--yes")).toMatchObject({
      exitCode: 0,
    });
    expect((await n8n(bob()).list()).map(({ id }) => id)).toContain(made.id);
    await opens(bob());
  }, 1_800_000);
});

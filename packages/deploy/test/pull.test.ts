import { execFileSync } from "node:child_process";
import { connectEngine, type Engine } from "@understudy/core";
import { recipes } from "@understudy/images";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, type TestInstallation } from "./support/installation.ts";
import { type Registry, startRegistry } from "./support/registry.ts";
import { edit } from "./support/tiny-stack.ts";

interface Report {
  readonly changes: Record<string, number>;
  readonly services: { readonly name: string; readonly image: string }[];
  readonly release: string;
}

const compose = (image: string) => `services:
  web:
    image: ${image}
    labels: { understudy.endpoint: http://web:8000/ }
    command: [haproxy, -f, /usr/local/etc/haproxy]
    secrets: [{ source: config, target: /usr/local/etc/haproxy/web.cfg }]
    ports: ["127.0.0.1:8000:8000"]
secrets:
  config: { file: ./web.cfg }
`;

const configuration = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend web
  bind :8000
  http-request return status 200 content-type text/plain string "pulled"
`;

describe("images that come from a registry", () => {
  let registry: Registry;
  let installation: TestInstallation;
  let engine: Engine;
  let digest: string;
  const offset = 17_000;
  const name = () => `${registry.address}/team/edge`;

  beforeAll(async () => {
    engine = await connectEngine("local");
    registry = await startRegistry();
    const image = (await recipes()).find((recipe) => recipe.name === "haproxy")?.tag ?? "";
    digest = await registry.push(image, "team/edge:1.0");
    installation = createInstallation(settings("pull"));
    installation.write("compose/docker-compose.yml", compose(`${name()}:1.0`));
    installation.write("compose/docker-compose.staging.yml", "services: {}\n");
    installation.write("compose/docker-compose.laptop.yml", "services: {}\n");
    installation.write("compose/web.cfg", configuration);
    installation.write("compose/env.template", "# generate: password(40)\nPULUMI_CONFIG_PASSPHRASE=\n");
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
    await engine?.close();
    const tags = execFileSync("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}", name()]).toString();
    for (const tag of tags.trim().split("\n").filter(Boolean)) execFileSync("docker", ["rmi", tag], { stdio: "pipe" });
    await registry?.[Symbol.asyncDispose]();
  });

  function settings(mode: string): string {
    return `images: ${mode}\nenvironments:\n  staging: { kind: staging, portOffset: ${offset} }\n`;
  }

  const containers = async () =>
    (await engine.docker.listContainers({ all: true }))
      .filter(({ Names }) => Names.some((one) => one.includes(installation.project)))
      .map(({ Id }) => Id);

  /** One line that says all of it, exit 1, and the same containers as before. */
  async function refused(...said: RegExp[]): Promise<void> {
    const before = await containers();
    const { exitCode, stderr } = await installation.run("deploy:staging");
    const lines = stderr.split("\n").filter((line) => /^(error|bug):/.test(line));
    expect(lines, stderr).toHaveLength(1);
    for (const part of said) expect(lines[0]).toMatch(part);
    expect(exitCode).toBe(1);
    expect(await containers()).toEqual(before);
  }

  const literally = (text: string) => new RegExp(RegExp.escape(text));

  it("a tag that the registry does not have is named, and nothing is changed", async () => {
    edit(installation, "compose/docker-compose.yml", "edge:1.0", "edge:9.9");
    await refused(literally(`Image ${name()}:9.9 does not exist in its registry`), /compose\//);
    edit(installation, "compose/docker-compose.yml", "edge:9.9", "edge:1.0");
    edit(installation, "compose/docker-compose.yml", "team/edge", "nobody/edge");
    await refused(/nobody\/edge:1\.0 does not exist in its registry/);
    edit(installation, "compose/docker-compose.yml", "nobody/edge", "team/edge");
    expect(await containers()).toEqual([]);
  });

  it("pulls, runs what it pulled, and records its digest", async () => {
    const report = await installation.json<Report>("deploy:staging");
    expect(report.services).toMatchObject([{ name: "web", healthy: true, image: `${name()}:1.0` }]);
    const answer = await fetch(`http://127.0.0.1:${8000 + offset}/`);
    expect(await answer.text()).toBe("pulled");
    const release = JSON.parse(installation.read(`.understudy/releases/${report.release}/release.json`));
    expect(release.images.web.digest).toBe(`${name()}@${digest}`);
    const { Id } = await engine.docker.getImage(`${name()}:1.0`).inspect();
    expect(release.images.web.id).toBe(Id);
  });

  it("an image that is there needs no registry: one that is gone is not asked", async () => {
    await registry.stop();
    const { changes } = await installation.json<Report>("deploy:staging");
    expect(changes).toEqual({ create: 0, update: 0, delete: 0, replace: 0 });
  });

  it.each(["pull", "auto", "build"])(
    "images: %s, with a registry that is gone and no recipe, says both",
    async (mode) => {
      installation.write("understudy.yml", `project: ${installation.project}\n${settings(mode)}`);
      edit(installation, "compose/docker-compose.yml", "edge:1.0", "edge:2.0");
      await refused(literally(`Image ${name()}:2.0 cannot be had`), /no recipe in images\/ builds it/);
      edit(installation, "compose/docker-compose.yml", "edge:2.0", "edge:1.0");
    },
  );
});

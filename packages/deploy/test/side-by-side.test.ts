import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadCompose } from "@understudy/compose";
import { connectEngine, type Engine, parseEnvFile, renderEnvFile, sourceRoot } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, type TestInstallation } from "./support/installation.ts";
import { secretsInFiles, secretsOf } from "./support/secrets.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

const none = { create: 0, update: 0, delete: 0, replace: 0 };
const offset = 11_000;
const settings = `environments:
  staging: { kind: staging, portOffset: ${offset} }
  production: { kind: production, profile: server, portOffset: ${offset + 1_000}, bind: 127.0.0.1 }
`;

/** As the real one does, staging alone lets this machine reach its database. */
const overlay = `services:
  db:
    ports: ["127.0.0.1:7000:5432"]
    networks: [internal, edge]
`;

describe("staging and production on one host", () => {
  let installation: TestInstallation;
  let engine: Engine;
  const containersOf = (environment: string) =>
    engine.docker.listContainers({
      filters: { label: [`understudy.stack=${installation.project}-${environment}`] },
    });
  const ids = async (environment: string) => (await containersOf(environment)).map(({ Id }) => Id).sort();
  const published = async (environment: string) => {
    const ports = (await containersOf(environment)).flatMap(({ Labels, Ports }) =>
      Ports.flatMap(({ PublicPort }) => (PublicPort ? `${Labels["understudy.service"]}:${PublicPort}` : [])),
    );
    return [...new Set(ports)].sort();
  };
  const deploy = (environment: string, ...flags: string[]) =>
    installation.json<{ changes: typeof none }>(`deploy:${environment}`, ...flags);

  beforeAll(async () => {
    engine = await connectEngine("local");
    installation = createInstallation(settings);
    writeTinyStack(installation);
    installation.write("compose/docker-compose.staging.yml", overlay);
    await deploy("staging", "--env", "laptop");
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
    await engine?.close();
  });

  it("production publishes the edge only, and neither deploy touches the other", async () => {
    const staging = await ids("staging");
    expect(await deploy("production")).toMatchObject({
      environment: "production",
      profile: "server",
      changes: { ...none, create: 5 },
    });
    expect(await ids("staging")).toEqual(staging);
    const production = await ids("production");
    expect(await published("production")).toEqual([`web:${8_000 + offset + 1_000}`]);
    expect(await published("staging")).toEqual([`db:${7_000 + offset}`, `web:${8_000 + offset}`]);
    await deploy("staging", "--env", "laptop", "--refresh");
    expect(await ids("production")).toEqual(production);
  });

  it("secrets are nowhere but in the environment files", () => {
    const secrets = ["staging", "production"].flatMap((environment) => secretsOf(installation, environment));
    expect(secrets).toHaveLength(4);
    const files = secretsInFiles(installation, secrets);
    expect([...files.keys()].some((file) => file.includes("/.understudy/pulumi/state/"))).toBe(true);
    expect([...files].filter(([, found]) => found.length > 0)).toEqual([]);
  });

  it("staging stops, starts again, and is removed with its data only when that is said", async () => {
    const production = await ids("production");
    const { stopped } = await installation.json<{ stopped: string[] }>("stop:staging");
    expect(stopped.sort()).toEqual(["db", "web"]);
    expect(await installation.json("status")).toMatchObject({
      deployed: true,
      services: expect.arrayContaining([
        expect.objectContaining({ name: "db", state: expect.stringContaining("exited") }),
      ]),
    });
    expect((await deploy("staging", "--env", "laptop")).changes).toEqual(none);
    const refused = await installation.run("destroy:staging");
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--yes") });
    await installation.json("destroy:staging", "--yes");
    expect(await installation.json("status")).toMatchObject({
      deployed: false,
      volumes: [`${installation.project}-staging_data`],
    });
    await installation.json("destroy:staging", "--yes", "--volumes");
    expect(await installation.json("status")).toMatchObject({ deployed: false, volumes: [] });
    expect(await ids("production")).toEqual(production);
  });
});

it("the edge alone publishes ports in the production that is delivered", async () => {
  const compose = (file: string) => join(sourceRoot, "compose", file);
  const template = readFileSync(compose("env.template"), "utf8");
  const variables = parseEnvFile(renderEnvFile(template, ({ kind }) => kind));
  const { services } = await loadCompose({ files: [compose("docker-compose.yml")], variables });
  const ports = Object.values(services).flatMap((service) =>
    service.ports.map(({ target }) => `${service.name}:${target}`),
  );
  expect(ports.sort()).toEqual(["haproxy:5678", "haproxy:8080", "haproxy:8283"]);
});

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSettings } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import { expect, it } from "vitest";
import { hashShared } from "./shared.ts";
import { emptyInstallation } from "./testing.ts";

it("changes with each part that environments share, and with nothing that is one environment's own", async () => {
  const installation = emptyInstallation();
  const base = join(installation.composeDir, "docker-compose.yml");
  const write = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write(base, "services: {}\n");
  const hashed = (text: string, sources: Record<string, string> = {}) =>
    hashShared({
      installation,
      settings: parseSettings(text, "understudy.yml"),
      files: [base],
      sources: { "docker-compose.yml": "services: {}\n", ...sources },
    } as unknown as DesiredStack);

  const before = await hashed("");
  const parts = ["compose files", "image recipes", "workflow migrations", "settings"];
  expect(Object.keys(before)).toEqual(parts);
  expect(
    await hashed("environments: { s2: { kind: staging, portOffset: 7 } }", { "docker-compose.laptop.yml": "x" }),
  ).toEqual(before);
  expect(await changedBy(() => hashed("images: build"))).toEqual(["settings"]);
  expect(await changedBy(() => hashed("", { "docker-compose.yml": "services: { a: {} }\n" }))).toEqual([
    "compose files",
  ]);
  write(join(installation.root, "workflows/migrations/0001.ts"), "export {}");
  expect(await changedBy(() => hashed(""))).toEqual(["workflow migrations"]);

  async function changedBy(look: () => ReturnType<typeof hashShared>): Promise<string[]> {
    const now = await look();
    return parts.filter((part) => now[part] !== before[part]);
  }
});

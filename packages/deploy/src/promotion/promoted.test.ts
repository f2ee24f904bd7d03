import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, writeFileAtomic } from "@understudy/core";
import type { Release, Target } from "@understudy/environment";
import { afterEach, beforeEach, expect, it } from "vitest";
import { promotedTo } from "./promoted.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "understudy-promoted-"));
});
afterEach(() => rmSync(root, { recursive: true }));

it("reads what was proven, and production's own files as they are now", () => {
  // Without a folder of its own it would be the checkout's.
  mkdirSync(join(root, "compose"));
  const installation = findInstallation({ UNDERSTUDY_ROOT: root });
  const write = (path: string, text: string) => writeFileAtomic(join(installation.composeDir, path), text);
  write("docker-compose.yml", "services: { n8n: { image: newer } }\n");
  write("docker-compose.laptop.yml", "services: {}\nsecrets: { own: { file: ./own.cfg } }\n");
  write("docker-compose.queue.yml", "services: {}\n");
  write("own.cfg", "of production");
  write("env.template", "A=\n");
  const release: Release = {
    id: "r-0123456789ab",
    commit: undefined,
    images: {},
    files: { "docker-compose.yml": "services: { n8n: { image: proven } }\n", "haproxy/10.cfg": "proven" },
  };
  const environment = { name: "production", kind: "production", profile: "server" };
  const { target } = promotedTo({ installation, environment } as Target, release);
  const read = (path: string) => readFileSync(join(target.installation.composeDir, path), "utf8");
  expect(read("docker-compose.yml")).toContain("image: proven");
  expect(read("haproxy/10.cfg")).toBe("proven");
  expect(read("own.cfg")).toBe("of production");
  expect(read("env.template")).toBe("A=\n");
  expect(read("docker-compose.queue.yml")).toBe("services: {}\n");
  expect(target.installation.stateDir).toBe(installation.stateDir);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, loadSettings } from "@understudy/core";
import { expect, it, onTestFinished } from "vitest";
import { whoseAgent } from "./whose-agent.ts";

it("is that of the one environment with a database to sync; of none, or of several, nobody can tell", () => {
  const root = mkdtempSync(join(tmpdir(), "whose-agent-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, "understudy.yml"), "project: shop\n");
  process.env.UNDERSTUDY_ROOT = root;
  const installation = findInstallation();
  const asked = () => whoseAgent(installation, loadSettings(installation));
  const put = (environment: string, text: string) =>
    writeFileSync(installation.envFile(environment), text, { mode: 0o600 });
  expect(asked()).toBeUndefined();
  put("staging", "POSTGRES_PASSWORD=x\n");
  put("production", "PEERS_DATABASE_URL=postgres://u:p@127.0.0.1:5432/app\n");
  expect(asked()).toBe("production");
  put("staging", "PEERS_DATABASE_URL=postgres://u:p@127.0.0.1:5433/app\n");
  expect(asked()).toBeUndefined();
  put("production", "PEERS_DATABASE_URL=\n");
  expect(asked()).toBe("staging");
});

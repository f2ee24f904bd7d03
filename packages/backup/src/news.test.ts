import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, readFact } from "@understudy/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { remember, rememberVerified } from "./news.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "news-"));
});
afterEach(() => rmSync(root, { recursive: true }));

it("takes the last backup for verified once it was proven, at whatever time, and no other", () => {
  const installation = findInstallation({ UNDERSTUDY_ROOT: root });
  const target = { installation, environment: { name: "production" } } as never;
  const news = () => readFact(installation, "production", "backup");
  rememberVerified(target, "backup-1");
  expect(news()).toBeUndefined();
  remember(target, { result: "succeeded", id: "backup-2", verified: false });
  rememberVerified(target, "backup-1");
  expect(news()).toMatchObject({ id: "backup-2", verified: false });
  rememberVerified(target, "backup-2");
  expect(news()).toMatchObject({ id: "backup-2", result: "succeeded", verified: true });
});

it("knows the last backup that was proven, whatever came of those after it", () => {
  const installation = findInstallation({ UNDERSTUDY_ROOT: root });
  const target = { installation, environment: { name: "production" } } as never;
  const news = () => readFact<{ at: string; proven?: object }>(installation, "production", "backup");
  remember(target, { result: "failed" });
  expect(news()?.proven).toBeUndefined();
  remember(target, { result: "succeeded", id: "backup-1", verified: true });
  const proven = { id: "backup-1", at: news()?.at };
  expect(news()?.proven).toEqual(proven);
  remember(target, { result: "succeeded", id: "backup-2", verified: false });
  remember(target, { result: "failed" });
  expect(news()).toMatchObject({ result: "failed", proven });
  remember(target, { result: "succeeded", id: "backup-3", verified: false });
  rememberVerified(target, "backup-3");
  expect(news()?.proven).toMatchObject({ id: "backup-3" });
});

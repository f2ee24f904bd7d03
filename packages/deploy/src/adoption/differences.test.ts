import type { Service } from "@understudy/compose";
import { describe, expect, it } from "vitest";
import type { PlanItem } from "../plan/describe.ts";
import { differencesOf } from "./differences.ts";
import type { Adoptable } from "./look.ts";

const item = (name: string, ...because: string[]): PlanItem => ({
  ...{ kind: "container", name, action: "replace", because, downSeconds: undefined },
});
const service = (environment: Record<string, string>) => ({ environment }) as Service;

function found(...images: Adoptable["images"]) {
  const wanted = { services: { app: service({ SAME: "1", CHANGED: "2", NEW: "3" }), web: service({}) } };
  const live = { services: { app: service({ SAME: "1", CHANGED: "x", OLD: "secret" }), web: service({}) } };
  return { candidate: { desired: { model: wanted } }, running: live, images } as unknown as Adoptable;
}

describe("differencesOf", () => {
  it("names variables that are other, new and gone, and never a value", () => {
    const [first] = differencesOf([item("app", "command", "environment (CHANGED)")], found());
    expect(first?.because).toEqual(["command", "environment (CHANGED, NEW, OLD)"]);
  });

  it("adds other images, which no plan of a deploy has", () => {
    const images = [
      { service: "app", from: "app:1", to: "app:2" },
      { service: "web", from: "web:1", to: "web:2" },
    ];
    expect(
      differencesOf([item("app", "command")], found(...images)).map(({ name, because }) => [name, because]),
    ).toEqual([
      ["app", ["image app:1 → app:2", "command"]],
      ["web", ["image web:1 → web:2"]],
    ]);
  });
});

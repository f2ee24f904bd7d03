import { parseSettings, resolveEnvironment } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { describe, expect, it } from "vitest";
import { refuseOtherEngine } from "./whose-engine.ts";

const settings = parseSettings("state: { backend: s3://bucket }", "understudy.yml");
const target = { settings, environment: resolveEnvironment(settings, "staging") } as Target;
const state = (outputs?: object) => ({
  version: 3,
  deployment: { resources: [{ type: "pulumi:pulumi:Stack", outputs }, { type: "docker:index/container:Container" }] },
});

describe("refuseOtherEngine", () => {
  it("refuses a state of what runs elsewhere, and says what to set", () => {
    const work = () => refuseOtherEngine(state({ engine: "ada's" }), "bob's", target);
    expect(work).toThrow("The shared state says that staging runs on another Docker engine (ada's)");
  });

  it.each([
    ["the same engine's", state({ engine: "bob's" })],
    ["one that was written before this was noted", state()],
    ["one that is empty", { version: 3, deployment: {} }],
  ])("takes %s", (_, exported) => {
    expect(() => refuseOtherEngine(exported, "bob's", target)).not.toThrow();
  });
});

import { describe, expect, it } from "vitest";
import { composeLabel, isOfStack, label } from "./labels.ts";

describe("isOfStack", () => {
  it.each([
    ["what we made", { [label.stack]: "shop" }, true],
    [
      "what Docker Compose made under the same name",
      { [composeLabel.project]: "shop", [composeLabel.oneOff]: "False" },
      true,
    ],
    [
      "a run of Docker Compose beside the services",
      { [composeLabel.project]: "shop", [composeLabel.oneOff]: "True" },
      false,
    ],
    ["what we made of another stack from its files", { [label.stack]: "blog", [composeLabel.project]: "shop" }, false],
    ["anything else", { [composeLabel.project]: "blog" }, false],
    ["what has no labels", null, false],
  ])("%s", (_, labels, is) => expect(isOfStack(labels as Record<string, string> | null, "shop")).toBe(is));
});

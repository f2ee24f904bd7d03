import { describe, expect, it } from "vitest";
import { chooseProject } from "./compose-project.ts";

describe("chooseProject", () => {
  it.each<[what: string, asked: string | undefined, projects: string[], chosen: string]>([
    ["the one asked for", "blog", ["blog", "shop"], "blog"],
    ["the one that the settings name", undefined, ["blog", "acme-production"], "acme-production"],
    ["the only one", undefined, ["shop"], "shop"],
  ])("takes %s", (_, asked, projects, chosen) => {
    expect(chooseProject(projects, asked, "acme-production", "local")).toBe(chosen);
  });

  it.each<[string, string | undefined, string[], RegExp]>([
    ["several", undefined, ["shop", "blog"], /2 projects on local: blog, shop/],
    ["none", undefined, [], /Nothing that Docker Compose started/],
    ["another than was asked for", "shop", ["blog"], /no project shop/],
  ])("refuses %s", (_, asked, projects, why) => {
    expect(() => chooseProject(projects, asked, "acme-production", "local")).toThrow(why);
  });
});

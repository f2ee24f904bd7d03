import type { UseQueryResult } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ApiError } from "../lib/api.ts";
import { Loaded } from "./loaded.tsx";

function shown(found: { data?: string; error: Error | null }): string {
  const query = { refetch: async () => {}, ...found } as unknown as UseQueryResult<string>;
  return renderToStaticMarkup(Loaded({ query, children: (data) => `Known: ${data}` }));
}

describe("Loaded", () => {
  const error = new ApiError(0, "The console does not answer");

  it("shows what was known with why it could not be asked again", () => {
    expect(shown({ data: "all is well", error })).toMatch(/The console does not answer.*Known: all is well/);
    expect(shown({ data: "all is well", error: null })).toBe("Known: all is well");
  });

  it("shows that it loads, or why nothing came", () => {
    expect(shown({ error: null })).toContain('aria-label="Loading"');
    expect(shown({ error })).toContain("The console does not answer");
    expect(shown({ error })).not.toContain("Loading");
  });
});

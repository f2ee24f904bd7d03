import { describe, expect, it } from "vitest";
import {
  type FullSyncSession,
  fullSyncCommand,
  type LogLine,
  routeInWords,
  stepInWords,
  withLine,
  withSession,
} from "./full-sync.ts";

const session = (sessionId: string, more: Partial<FullSyncSession> = {}) =>
  ({ sessionId, step: 3, steps: 5, currentStep: "", phase: "transfer", ...more }) as FullSyncSession;
const line = (id: number, text = "") => ({ id, text }) as LogLine;

describe("full sync", () => {
  it("puts news of a session in its place, and new ones first", () => {
    const known = [session("b"), session("a")];
    expect(withSession(known, session("a", { progress: 60 })).map(({ progress }) => progress)).toEqual([undefined, 60]);
    expect(withSession(known, session("c")).map(({ sessionId }) => sessionId)).toEqual(["c", "b", "a"]);
  });

  it("has every line once, in order, whatever comes twice or late", () => {
    const lines = [line(2), line(1), line(2), line(3), line(1)].reduce(withLine, [] as LogLine[]);
    expect(lines.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it("says the step as designed", () => {
    expect(stepInWords(session("a"))).toBe("Step 3 of 5: Transferring backup…");
    expect(stepInWords(session("a", { currentStep: "Transferring chunk 7…" }))).toBe(
      "Step 3 of 5: Transferring chunk 7…",
    );
    expect(stepInWords(session("a", { step: 0, phase: null }))).toBe("Starting…");
  });

  it("says where from and where to", () => {
    const peer = { nodeId: "1", name: "Server B" };
    expect(routeInWords({ direction: "pull", peer })).toBe("Server B → This server");
    expect(routeInWords({ direction: "push", peer })).toBe("This server → Server B");
  });

  it("shows a command that a shell takes as it is meant", () => {
    const asked = {
      direction: "pull",
      peer: "b",
      compress: true,
      verify: true,
      plan: false,
      method: "backup",
      environment: "production",
    } as const;
    expect(fullSyncCommand(asked)).toBe("pnpm sync:full pull --peer b --compress --verify --environment production");
    expect(fullSyncCommand({ ...asked, peer: "it's; rm", compress: false, verify: false, method: "http" })).toBe(
      `pnpm sync:full pull --peer 'it'\\''s; rm' --no-compress --no-verify --method http --environment production`,
    );
    expect(fullSyncCommand({ ...asked, plan: true })).toBe(
      "pnpm sync:full pull --peer b --compress --verify --plan --environment production",
    );
  });
});

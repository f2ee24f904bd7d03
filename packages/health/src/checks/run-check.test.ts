import { secrets, UserError } from "@understudy/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runCheck, runChecks } from "./run-check.ts";
import { checkWith, contextWith } from "./testing.ts";

const context = contextWith();
const forever = () => new Promise<never>(() => {});

describe("a check that is run", () => {
  it("has a status by its severity, or by that of the look", async () => {
    const status = async (given: Parameters<typeof checkWith>[0]) => (await runCheck(checkWith(given), context)).status;
    expect(await status({})).toBe("healthy");
    expect(await status({ look: async () => ({ ok: false, seen: "" }) })).toBe("unhealthy");
    expect(await status({ severity: "warning", look: async () => ({ ok: false, seen: "" }) })).toBe("degraded");
    expect(await status({ look: async () => ({ ok: false, severity: "warning", seen: "" }) })).toBe("degraded");
  });

  it("is judged by its thresholds, which say what was expected", async () => {
    const disk = (measured: number) =>
      checkWith({
        thresholds: { warning: 85, critical: 95, unit: "% full", bad: "above" },
        look: async () => ({ ok: true, seen: `${measured} %`, measured, next: "free some room" }),
      });
    expect(await runCheck(disk(50), context)).toMatchObject({ status: "healthy", seen: "50 %" });
    expect(await runCheck(disk(50), context)).not.toHaveProperty("next");
    expect(await runCheck(disk(90), context)).toMatchObject({ status: "degraded", next: "free some room" });
    expect(await runCheck(disk(99), context)).toMatchObject({
      status: "unhealthy",
      expected: "at most 85 % full (critical above 95)",
    });
  });

  it("ends at its deadline, however the look behaves", async () => {
    const began = performance.now();
    const hanging = await runCheck(checkWith({ look: forever, timeout: 200, expected: "it answers" }), context);
    expect(performance.now() - began).toBeLessThan(600);
    expect(hanging).toMatchObject({ status: "unhealthy", seen: "no answer within 0.2 s", expected: "it answers" });
  });

  it("lets a look that was cut off say how far it came", async () => {
    const look = (_: unknown, signal: AbortSignal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(new UserError("status 200, but the body does not end"))),
      );
    const { seen } = await runCheck(checkWith({ look, timeout: 50 }), context);
    expect(seen).toBe("status 200, but the body does not end");
  });

  it("never throws, whatever the look throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (thrown) => {
        const look = () => {
          throw thrown;
        };
        const result = await runCheck(checkWith({ look }), context);
        expect(result.status).toBe("unhealthy");
        expect(typeof result.seen).toBe("string");
      }),
    );
  });

  it("shows no secret, in no part of it", async () => {
    secrets.add(["hunter2-hunter2"]);
    const look = async () => ({
      ok: false,
      seen: "hunter2-hunter2",
      next: "say hunter2-hunter2",
      lines: ["hunter2-hunter2"],
    });
    expect(JSON.stringify(await runCheck(checkWith({ look }), context))).not.toContain("hunter2");
  });

  it("does not look at a service that cannot answer", async () => {
    const check = checkWith({ needs: ["n8n"], look: forever, timeout: 60_000 });
    const stack = { environment: { name: "staging", kind: "staging" } } as never;
    const result = await runCheck(check, contextWith({ stack }));
    expect(result).toMatchObject({ status: "unhealthy", seen: "n8n has no container", next: "pnpm deploy:staging" });
  });
});

describe("several checks", () => {
  it("are looked at together, some at a time, and come in their order", async () => {
    let now = 0;
    let most = 0;
    const check = (name: string, ms: number) =>
      checkWith({
        name,
        look: async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, ms));
          now--;
          return { ok: true, seen: name };
        },
      });
    const results = await runChecks([check("a", 40), check("b", 5), check("c", 20), check("d", 1)], context, 2);
    expect(results.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
    expect(most).toBe(2);
  });

  it("are not held up by one that hangs", async () => {
    const slow = checkWith({ name: "slow", look: forever, timeout: 300 });
    const began = performance.now();
    const results = await runChecks([slow, ...Array.from({ length: 50 }, () => checkWith({}))], context, 4);
    expect(performance.now() - began).toBeLessThan(700);
    expect(results.filter(({ status }) => status === "healthy")).toHaveLength(50);
  });
});

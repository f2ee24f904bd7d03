import { describe, expect, it } from "vitest";
import { runCheck } from "../run-check.ts";
import { contextWith } from "../testing.ts";
import { command } from "./command.ts";

const run = (definition: object) =>
  runCheck(command.make(command.schema.parse({ name: "a", type: "command", ...definition })), contextWith());

describe("a command on this machine", () => {
  it("is judged by exit code and output", async () => {
    expect(
      await run({ run: "echo hello; exit 3", expect: { exitCode: 3, output: { contains: "hell" } } }),
    ).toMatchObject({
      status: "healthy",
      seen: "hello",
    });
    expect(await run({ run: "echo oh no >&2; exit 1" })).toMatchObject({
      status: "unhealthy",
      seen: "exit code 1",
      expected: "exit code 0",
      lines: ["oh no"],
    });
  });

  it("runs a list without a shell", async () => {
    expect((await run({ run: ["echo", "$HOME; false"], expect: { output: "$HOME; false" } })).status).toBe("healthy");
  });

  it("holds its number against the thresholds", async () => {
    const thresholds = { warning: 10, critical: 100 };
    expect((await run({ run: "echo 5", thresholds })).status).toBe("healthy");
    expect((await run({ run: "echo 50", thresholds })).status).toBe("degraded");
    expect((await run({ run: "echo 500", thresholds })).status).toBe("unhealthy");
    expect(await run({ run: "echo many", thresholds })).toMatchObject({
      status: "unhealthy",
      expected: "a number, for the thresholds",
    });
  });

  it("is killed at the deadline, with what it began", async () => {
    const began = performance.now();
    const { seen } = await run({ run: ["sleep", "30"], timeout: "200ms" });
    expect(seen).toBe("no answer within 0.2 s");
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("may print more than anybody wants", async () => {
    const { status, seen } = await run({ run: "yes | head -c 3000000", timeout: "3s" });
    expect([status, seen]).toEqual(["unhealthy", "it printed more than 1 MiB"]);
  });

  it("says that there is no such program", async () => {
    expect((await run({ run: ["no-such-program"] })).seen).toBe("there is no program no-such-program here");
  });
});

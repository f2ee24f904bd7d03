import { silentLog, UserError } from "@understudy/core";
import { describe, expect, it, vi } from "vitest";
import { firstError, lockHolder, withEngine } from "./workspace.ts";

describe("lockHolder", () => {
  it("reads host and process from Pulumi's message", () => {
    const said =
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///x: created by root@vm (pid 4711) at 2026-01-01T00:00:00Z";
    expect(lockHolder(said)).toEqual({ host: "vm", pid: 4711 });
  });

  it("is nobody in any other message", () => {
    expect(lockHolder("error: created by root@vm (pid 1)")).toBeUndefined();
  });
});

describe("firstError", () => {
  it("passes over Pulumi's headings to the cause", () => {
    const said =
      "Updating (staging):\n  docker:index:Container (n8n):\n    error: 1 error occurred:\n    * Unable to create container: Conflict. The container name is in use\n    error: update failed";
    expect(firstError(said)).toBe("Unable to create container: Conflict. The container name is in use");
  });

  it("leaves out which line of whose code said it", () => {
    const said =
      "+  docker:index:Container web creating (0s) error:   sdk-v2/provider2.go:571: sdk.helper_schema: Unable to start container: no";
    expect(firstError(said)).toBe("Unable to start container: no");
  });
});

describe("withEngine", () => {
  const locked = () =>
    Promise.reject(
      new Error(
        "error: the stack is currently locked by 1 lock(s).\n  s3://x: created by ada@elsewhere (pid 1) at 2026-01-01T00:00:00Z",
      ),
    );
  const options = { environment: "staging", backend: "s3://x", log: silentLog };
  const times = { patience: 100, pause: 10 };

  it("waits for a Pulumi on another machine, and leaves its lock alone when it ends", async () => {
    const cancel = vi.fn(async () => {});
    const operation = vi
      .fn(async () => "done")
      .mockImplementationOnce(locked)
      .mockImplementationOnce(locked);
    expect(await withEngine(options, { cancel }, operation, times)).toBe("done");
    expect(cancel).not.toHaveBeenCalled();
  });

  it("clears a lock that stays", async () => {
    let held = true;
    const cancel = vi.fn(async () => {
      held = false;
    });
    const began = performance.now();
    expect(await withEngine(options, { cancel }, () => (held ? locked() : Promise.resolve("done")), times)).toBe(
      "done",
    );
    expect(performance.now() - began).toBeGreaterThanOrEqual(99);
  });

  it("gives up on one that comes back each time", async () => {
    const cancel = vi.fn(async () => {});
    await expect(withEngine(options, { cancel }, locked, times)).rejects.toThrow(UserError);
    expect(cancel).toHaveBeenCalledTimes(3);
  });
});

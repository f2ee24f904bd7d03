import { describe, expect, it } from "vitest";
import { firstError, lockHolder } from "./workspace.ts";

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

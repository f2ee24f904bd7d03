import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target } from "@understudy/environment";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runHook } from "./hooks.ts";

describe("a hook", () => {
  let root: string;
  let said: string[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "understudy-hooks-"));
    said = [];
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const run = () =>
    runHook({ installation: { root }, environment: { name: "production" } } as Target, "pre-promote", {
      variables: { release: "r-1" },
      say: (line) => said.push(line),
    });
  const hook = (script: string) => {
    mkdirSync(join(root, "hooks"));
    writeFileSync(join(root, "hooks/pre-promote"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };

  it("need not be there", async () => {
    await run();
    expect(said).toEqual([]);
  });

  it("runs in the installation's folder, and is told what it is about", async () => {
    hook('echo "$UNDERSTUDY_ENVIRONMENT $UNDERSTUDY_RELEASE"; pwd');
    await run();
    expect(said).toEqual(["hooks/pre-promote: production r-1", `hooks/pre-promote: ${root}`]);
  });

  it("that fails is told with its last words", async () => {
    hook("echo first; echo not on a Friday >&2; exit 3");
    await expect(run()).rejects.toThrow("hooks/pre-promote ended with code 3: not on a Friday");
  });

  it("that dies is told with the signal", async () => {
    hook("kill -KILL $$");
    await expect(run()).rejects.toThrow("hooks/pre-promote ended with SIGKILL");
  });

  it.each([
    ["is not executable", "#!/bin/sh\n", 0o644],
    ["has no interpreter", "#!/nowhere\n", 0o755],
  ])("that %s is told, with how to mend it", async (_, text, mode) => {
    mkdirSync(join(root, "hooks"));
    writeFileSync(join(root, "hooks/pre-promote"), text, { mode });
    await expect(run()).rejects.toThrow(
      expect.objectContaining({
        message: `${root}/hooks/pre-promote cannot be run`,
        next: expect.stringContaining(`chmod +x ${root}/hooks/pre-promote`),
      }),
    );
  });
});

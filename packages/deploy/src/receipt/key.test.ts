import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkingKey, fingerprintOf, signingKey } from "./key.ts";
import { emptyInstallation } from "./testing.ts";

it("is made once, for its owner alone, and its public half is enough to check", () => {
  const installation = emptyInstallation();
  const file = join(installation.stateDir, "receipt.key");
  expect(checkingKey(installation)).toBeUndefined();
  const made = fingerprintOf(signingKey(installation));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(fingerprintOf(signingKey(installation))).toBe(made);
  rmSync(file);
  const half = checkingKey(installation);
  expect(half && [half.type, fingerprintOf(half)]).toEqual(["public", made]);
});

it("is the same for two that make it at once", async () => {
  const installation = emptyInstallation();
  const program = `import { fingerprintOf, signingKey } from ${JSON.stringify(join(import.meta.dirname, "key.ts"))};
    console.log(fingerprintOf(signingKey({ stateDir: ${JSON.stringify(installation.stateDir)} })));`;
  const printed = await Promise.all(
    [1, 2, 3].map(async () => {
      const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = await once(child.stdout.setEncoding("utf8"), "data");
      return line as string;
    }),
  );
  expect(new Set(printed)).toEqual(new Set([`${fingerprintOf(signingKey(installation))}\n`]));
}, 30_000);

it("is not used when others can read it, or it is none", () => {
  const installation = emptyInstallation();
  const file = join(installation.stateDir, "receipt.key");
  signingKey(installation);
  chmodSync(file, 0o644);
  expect(() => signingKey(installation)).toThrow(/can be read by others/);
  writeFileSync(file, "nonsense");
  chmodSync(file, 0o600);
  expect(() => checkingKey(installation)).toThrow(/holds no Ed25519 key/);
});

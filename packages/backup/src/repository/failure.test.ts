import { formatUserError } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { codes, endedOf, failureOf } from "./failure.ts";

const where = "/backups/acme";
const fail = (stderr: string, exitCode = 1) => formatUserError(failureOf(where, endedOf([], exitCode, stderr)));
const exit = (code: number, message: string) => JSON.stringify({ message_type: "exit_error", code, message });

describe("endedOf", () => {
  it("takes a code for restic's only when restic says so", () => {
    expect(endedOf([], 0, "").code).toBe(codes.done);
    expect(endedOf([], 12, "psql: no").code).toBe(codes.failed);
    expect(endedOf([], 12, exit(12, "Fatal: wrong password")).code).toBe(codes.wrongKey);
  });
});

describe("failureOf", () => {
  it("names the key that does not open it", () => {
    expect(fail(exit(12, "Fatal: wrong password or no key found"))).toBe(
      "The repository /backups/acme does not open with the key in .understudy/backup.key. Put back the key that it was made with: pnpm backup:key says more",
    );
  });

  it("says who holds it", () => {
    const message =
      "unable to create lock in backend: repository is already locked exclusively by PID 117 on vm by root (UID 0, GID 0)\nlock was created at 2026-11-22 00:11:20 (2.79s ago)\nstorage ID be25727d";
    expect(fail(exit(11, message))).toContain(
      "is in use: locked exclusively by PID 117 on vm by root (UID 0, GID 0), since 2026-11-22 00:11:20. Wait",
    );
    expect(fail(exit(11, "other words"))).toContain("is in use: locked. Wait");
  });

  it.each([
    ["Fatal: unable to save snapshot: write /b/x-tmp: no space left on device", "There is no room at /backups/acme: "],
    [
      "Fatal: create key in repository failed: repository already contains keys\n",
      "The repository /backups/acme has no config",
    ],
    [
      "decrypting blob <data/d6> from de failed: ciphertext verification failed",
      "The repository /backups/acme is damaged: ",
    ],
    ["LoadRaw(<snapshot/2e69>): invalid data returned", "The repository /backups/acme is damaged: "],
    ['cannot dump file: path "/x" not found in snapshot', "The repository /backups/acme: cannot dump file"],
  ])("knows %j", (message, begin) => {
    expect(fail(exit(1, message)).startsWith(begin)).toBe(true);
  });

  it("says what only a program knows in its words, but not a program's warnings for restic's failure", () => {
    const archival =
      '{"message_type":"error","error":{"message":"failed to save /x: Fatal: command failed: exit status 1"},"item":"/x"}';
    expect(fail(`pg_dump: error: no table\n${archival}\n${exit(1, "Fatal: unable to save snapshot")}`)).toBe(
      "The repository /backups/acme: pg_dump: error: no table",
    );
    expect(fail(`pg_dump: warning\n${exit(1, "Fatal: no space left on device")}`)).toMatch(
      /^There is no room at \/backups\/acme: no space left on device/,
    );
  });

  it("says why a place cannot be reached, when restic's time is up and when ssh ends", () => {
    const retry = (cause: string) => `Stat(<config/>) returned error, retrying after 2.5s: Stat: ${cause}`;
    const stopped = exit(1, "Fatal: unable to open config file: context canceled");
    const said = `${retry("timeout")}\n${retry("connect: connection refused")}\nsignal terminated received\n${stopped}`;
    expect(fail(said)).toContain("/acme cannot be reached: Stat: connect: connection refused. Check");
    const session = exit(
      1,
      "Fatal: unable to open repository: unable to start the sftp session, error: unexpected EOF",
    );
    expect(fail(`me@host: Permission denied (publickey).\r\n${session}`)).toContain(
      "/acme cannot be reached: me@host: Permission denied (publickey).. Check",
    );
  });

  it("lets the script at the other end speak for itself", () => {
    expect(fail("one\ntwo\npg_restore: error: no disk\n")).toBe("one; two; pg_restore: error: no disk");
    expect(fail("", 137)).toBe("it ended with code 137 and without a word");
  });
});

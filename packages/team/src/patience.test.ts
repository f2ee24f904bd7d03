import { NoAnswer } from "@understudy/n8n";
import { PostgresError } from "@understudy/postgres";
import { describe, expect, it } from "vitest";
import { patiently } from "./patience.ts";

const refused = new PostgresError("it refuses connections", { code: "ECONNREFUSED" });

/** Fails so many times, then says how often it was called. */
function failing(times: number, error: Error) {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw error;
    return calls;
  };
}

describe("patience", () => {
  it("tries again while a database does not answer, and says so", async () => {
    const said: string[] = [];
    expect(await patiently(5_000, failing(1, refused), (line) => said.push(line))).toBe(2);
    expect(said).toEqual(["it refuses connections; trying again in 0.25 s"]);
  });

  it("tries again while n8n does not answer", async () => {
    expect(await patiently(5_000, failing(1, new NoAnswer("n8n does not answer")))).toBe(2);
  });

  it("ends with the last failure when time is up", async () => {
    await expect(patiently(100, failing(9, refused))).rejects.toBe(refused);
  });

  it("does not try again what cannot be mended so", async () => {
    const wrong = new PostgresError("the password is wrong", { code: "28P01" });
    await expect(patiently(5_000, failing(1, wrong))).rejects.toBe(wrong);
    const bug = new TypeError("x is not a function");
    await expect(patiently(5_000, failing(1, bug))).rejects.toBe(bug);
  });
});

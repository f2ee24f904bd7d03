import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startedAlone } from "./alone.ts";
import { modelOf, serviceOf } from "./testing.ts";

const image = { entrypoint: ["enter"], command: ["serve"] };

async function startOf(lines: string) {
  const { model, service } = await serviceOf(lines);
  return startedAlone(model, service, image);
}

it("what keeps data waits for its volume's lock, and then is what it would have been", async () => {
  const wrapped = expect.stringContaining("flock");
  expect(await startOf("volumes: ['v:/data']")).toEqual({
    commands: ["sh", "-c", wrapped, "/data", "enter"],
    args: ["serve"],
  });
  expect(await startOf("volumes: ['v:/data']\ncommand: [other]")).toMatchObject({ args: ["other"] });
  expect(await startOf("volumes: ['v:/data']\nentrypoint: [own]")).toEqual({
    commands: ["sh", "-c", wrapped, "/data", "own"],
    args: undefined,
  });
});

it("what may run twice waits for nobody, nor does what shares its volume", async () => {
  expect(await startOf("command: [run]")).toBeUndefined();
  expect(await startOf("volumes: ['v:/data']\nlabels: { understudy.replace: overlap }")).toBeUndefined();
  const model = await modelOf(
    "services:\n  a: { image: x, volumes: ['v:/a'] }\n  b: { image: x, volumes: ['v:/b'] }\nvolumes: { v: {} }\n",
  );
  for (const service of Object.values(model.services)) expect(startedAlone(model, service, image)).toBeUndefined();
});

it("the lock is held by the program itself, and free once it has ended however it ended", async () => {
  const folder = mkdtempSync(join(tmpdir(), "alone-"));
  try {
    const { model, service } = await serviceOf("volumes: ['v:/data']");
    const [program = "", ...words] = startedAlone(model, service, image)?.commands.slice(0, 3) ?? [];
    const first = spawn(program, [...words, folder, "sh", "-c", "echo up; exec sleep 60"]);
    await new Promise((resolve) => first.stdout.once("data", resolve));
    expect(() => execFileSync("flock", ["--nonblock", folder, "true"])).toThrow();
    const second = spawn(program, [...words, folder, "echo", "after"]);
    const heard = new Promise((resolve) => second.stdout.once("data", (said) => resolve(String(said))));
    first.kill("SIGKILL");
    expect(await heard).toBe("after\n");
    expect(execFileSync(program, [...words, join(folder, "none"), "echo", "without"]).toString()).toBe("without\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { readFileSync } from "node:fs";
import { connectEngine, type Engine } from "@understudy/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createIncomingVolume, removeIncoming, VolumeBox, volumeSwap } from "../src/index.ts";

const stackName = `usv-${Math.random().toString(36).slice(2, 8)}`;
const live = `${stackName}_data`;
const swapScript = readFileSync(new URL("../src/volumes/swap.sh", import.meta.url), "utf8");

describe("the swap of a volume's content", () => {
  let engine: Engine;
  let box: VolumeBox;
  const swap = () => volumeSwap(engine, stackName, live);
  const bash = async (script: string, ...args: string[]) => (await box.run(script, args)).toString();
  const names = () => bash("cd /live; find . -mindepth 1 | sort");

  beforeAll(async () => {
    engine = await connectEngine("local");
    await engine.docker.createVolume({ Name: live });
    await createIncomingVolume(engine, { live, stackName, environment: "staging" });
    box = await VolumeBox.open(engine, stackName, [
      { volume: live, path: "/live", readOnly: false },
      { volume: `${live}_incoming`, path: "/incoming", readOnly: false },
    ]);
  });

  beforeEach(async () => {
    await bash(`for folder in /live /incoming; do find $folder -mindepth 1 -delete; done
      cd /live; mkdir kept; echo old > kept/file; echo old > $'a\\nb'; touch .hidden
      cd /incoming; mkdir -m 750 kept; echo new > kept/file; chown 7:8 kept/file; chmod 604 kept/file
      touch -d @1700000000.25 kept/file; mkfifo pipe; ln -s kept/file link; ln kept/file same; touch -- -n`);
  });

  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    await removeIncoming(engine, stackName);
    await engine.docker.getVolume(live).remove();
    await engine.close();
  });

  it("puts new content in place with all that belongs to it, and the old one back", async () => {
    const old = await names();
    const details =
      "find . -mindepth 1 -path './.understudy-*' -prune -o -printf '%y %m %U:%G %s %n %T@ %P\\n' | sort -k7";
    await swap().prepare();
    expect([await swap().state(), await bash("cat /live/kept/file")]).toEqual(["prepared", "old\n"]);
    await swap().swap();
    expect(await bash(`cd /live; ${details}`)).toBe(await bash(`cd /incoming; ${details}`));
    expect(await swap().state()).toBe("done");
    await swap().undo();
    await swap().discardOld();
    expect(await names()).toBe(old);
  });

  it("keeps the old content for one generation, and lays it ready again", async () => {
    await swap().prepare();
    await swap().swap();
    await swap().keepOld();
    expect([await swap().state(), await bash("cat /live/.understudy-kept/kept/file")]).toEqual(["idle", "old\n"]);
    await swap().takeKept();
    await swap().swap();
    await swap().keepOld();
    expect(await bash("cat /live/kept/file /live/.understudy-kept/kept/file")).toBe("old\nnew\n");
    await bash("rm -r /live/.understudy-kept");
    await expect(swap().takeKept()).rejects.toThrow("nothing was kept");
  });

  it("refuses to swap what was not prepared, and to discard in the middle", async () => {
    await expect(swap().swap()).rejects.toThrow(
      `Volume ${live}: swap failed: there is nothing to be swapped in (idle)`,
    );
    await bash("echo in > /live/.understudy-journal");
    await expect(swap().discardOld()).rejects.toThrow("this volume is in the middle of a swap (in)");
  });

  it("leaves nothing behind when the new content does not fit", async () => {
    const small = `${stackName}_small`;
    const options = { type: "tmpfs", device: "tmpfs", o: "size=1m" };
    await engine.docker.createVolume({ Name: small, Driver: "local", DriverOpts: options });
    await createIncomingVolume(engine, { live: small, stackName, environment: "staging" });
    const mounts = [small, `${small}_incoming`].map((volume) => ({ volume, path: `/${volume}`, readOnly: false }));
    const held = await VolumeBox.open(engine, stackName, mounts);
    try {
      await held.run(`cd /${small}; echo old > file; head -c 2000000 /dev/urandom > /${small}_incoming/large`);
      const said = /prepare failed: the new content takes \d+ KiB, and \d+ KiB are free/;
      await expect(volumeSwap(engine, stackName, small).prepare()).rejects.toThrow(said);
      expect((await held.run(`cd /${small}; find . -mindepth 1`)).toString()).toBe("./file\n");
    } finally {
      await held[Symbol.asyncDispose]();
      await engine.docker.getVolume(small).remove();
    }
  });

  it("is finished or undone wherever it was killed", async () => {
    // Each command of bash is a place to be killed at; a run that reaches its end closes the list.
    const tried = await bash(
      String.raw`
      script="$1"; cd /; shopt -s dotglob
      fresh() { rm -rf /try; mkdir /try; cp -a /live/. /try/; }
      step() { bash -c "$script" swap /try "$@"; }
      is() { if [ "$(cat /try/kept/file)" != "$1" ]; then echo "$command $stop, $2: not $1, state $(step state)"; ls -AR /try; exit 1; fi; }
      ours() { find /try -mindepth 1 -maxdepth 1 -name '.understudy-*'; }
      for command in prepare swap undo discard; do
        for (( stop = 1; ; stop++ )); do
          fresh
          if [ $command != prepare ]; then step prepare /incoming; fi
          if [ $command = undo ] || [ $command = discard ]; then step swap; fi
          trapped="n=0; set -T; trap 'if (( ++n == $stop )); then kill -9 \$BASHPID \$\$; fi' DEBUG; $script"
          code=0; bash -c "$trapped" swap /try $command /incoming 2> /dev/null || code=$?
          step recover
          case "$(step state)" in
            done) is new recovered ;;
            *) if [ $command = discard ]; then is new recovered; else is old recovered; fi ;;
          esac
          if [ $command != discard ]; then
            step undo; is old undone
            step prepare /incoming; step swap; is new swapped
          fi
          step discard; is new discarded
          if [ -n "$(ours)" ]; then echo "$command $stop leaves $(ours)"; exit 1; fi
          if [ $code = 0 ]; then echo "$command $((stop - 1))"; break; fi
        done
      done`,
      swapScript,
    );
    const places = Object.fromEntries(
      tried
        .trim()
        .split("\n")
        .map((line) => line.split(" ")),
    );
    expect(Object.keys(places)).toEqual(["prepare", "swap", "undo", "discard"]);
    expect(Math.min(...Object.values(places).map(Number))).toBeGreaterThan(8);
  });

  it.each([
    ["out", "mv kept .understudy-outgoing/"],
    ["in", "mv kept .hidden *b .understudy-outgoing/; mv .understudy-incoming/kept ."],
  ])("goes on when it was killed among the renames (%s)", async (state, done) => {
    await swap().prepare();
    await bash(`cd /live; mkdir .understudy-outgoing; ${done}; echo ${state} > .understudy-journal`);
    await swap().undo();
    expect(await bash("cat /live/kept/file /live/a*; ls -A /live")).toMatch(/^old\nold\n/);
    await bash(`cd /live; mkdir -p .understudy-outgoing; ${done}; echo ${state} > .understudy-journal`);
    await swap().recover();
    expect([await swap().state(), await bash("cat /live/kept/file")]).toEqual(["done", "new\n"]);
  });
});

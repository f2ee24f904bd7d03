import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Installation, messageOf, UserError } from "@understudy/core";
import type { Order } from "../actions.ts";
import { actions, commandOf, verbOf } from "../contract/actions.ts";
import type { Run } from "../contract/run.ts";
import { verbScript } from "../verb-script.ts";
import { forgetOldRuns, RunFolder, runFolders, runsFolder } from "./run-folder.ts";

/** Runs whose output is kept. The journal and the audit know of older ones. */
const kept = 200;

/**
 * The shell outlives the console and writes down how the command ended; told to stop, it ends after its child. A child looks for the stop
 * once more before it becomes the command: a signal that comes between two processes reaches neither.
 * Its words are arguments, never text of a script.
 */
const shell = `out=$1; err=$2; exit=$3; stop=$4; shift 4
trap : HUP INT TERM
/bin/sh -c 'if [ -e "$0" ]; then exit 130; fi; exec "$@"' "$stop" "$@" >"$out" 2>"$err" </dev/null
code=$?
echo "$code" >"$exit.tmp" && mv "$exit.tmp" "$exit"`;

/**
 * Run an action's command as a process of its own, which goes on whatever becomes of the console.
 * @param who the person, for the audit
 * @throws UserError when this console has one under way in that environment, or the machine starts no more processes
 */
export function startRun(installation: Installation, order: Order, who: string, now = new Date()): Run {
  refuseSecond(installation, order);
  const { id: action, environment, parameters, flags } = order;
  const { title } = actions[action];
  const id = `${String(now.getTime()).padStart(13, "0")}-${randomBytes(4).toString("hex")}`;
  const folder = new RunFolder(join(runsFolder(installation), id));
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const command = commandOf(action, parameters);
  folder.begin({ ...{ id, action, title, command, environment, who }, startedAt: now.toISOString() });
  for (const file of [folder.stdout, folder.stderr]) closeSync(openSync(file, "w", 0o600));
  const words = [...verbScript(verbOf(action)), "--json", ...flags];
  folder.own(startShell(installation, folder, words, who, title));
  forgetOldRuns(installation, kept);
  return folder.read() as Run;
}

/** @returns the shell's process id @throws UserError, with no run left */
function startShell(
  { root }: Installation,
  folder: RunFolder,
  words: readonly string[],
  who: string,
  title: string,
): number {
  const { stdout, stderr, exit, stop } = folder;
  try {
    const child = spawn("/bin/sh", ["-c", shell, "understudy", stdout, stderr, exit, stop, ...words], {
      cwd: root,
      env: { ...process.env, UNDERSTUDY_ROOT: root, UNDERSTUDY_OPERATOR: who, NO_COLOR: "1" },
      detached: true,
      stdio: "ignore",
    });
    // A failure is known by the missing id already; one that nobody hears would end the console.
    child.once("error", () => {});
    if (child.pid === undefined) throw new Error("the system refused the process");
    child.unref();
    return child.pid;
  } catch (cause) {
    rmSync(folder.path, { recursive: true, force: true });
    const next = "Free memory or processes of this machine, then try again";
    throw new UserError(`“${title}” could not be started: ${messageOf(cause)}`, { next, cause });
  }
}

/** Tell a run to stop, as Ctrl-C does. What it left half done, the same command finishes or takes back. @returns whether it ran */
export function stopRun(folder: RunFolder): boolean {
  const pid = folder.pid();
  // Its shell lives on for a moment after it has written down the end.
  if (pid === undefined || folder.read()?.state !== "running") return false;
  // For what begins only after the signal.
  writeFileSync(folder.stop, "");
  // Its process group: the command gets it with its shell.
  process.kill(-pid, "SIGINT");
  return true;
}

/** The environment's lock would refuse it too, but only after a while, and in a log. */
function refuseSecond(installation: Installation, { environment }: Order): void {
  const running = runFolders(installation)
    .map((folder) => folder.read())
    .find((run) => run?.environment === environment && run.state === "running");
  if (!running) return;
  throw new UserError(`${running.title} is under way in ${environment}, begun by ${running.who}`, {
    next: "Wait until it ends, or stop it",
  });
}

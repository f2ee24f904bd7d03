import { confirmDestructive, openLog, operator, runVerb, UserError } from "@understudy/core";
import { resumeFullSync, startFullSync } from "../drive/full-sync.ts";
import type { Peers } from "../peers.ts";
import { showPlan, showSession } from "../report/show.ts";
import { watchSession } from "../report/watch.ts";
import type { Direction, FullSyncOptions, Method, RestoreSteps, Session } from "../types.ts";
import { type Flags, peersFlags, withPeers } from "./flags.ts";

interface FullFlags extends Flags {
  readonly peer?: string;
  readonly compress?: boolean;
  readonly verify?: boolean;
  readonly plan?: boolean;
  readonly method?: Method;
  readonly steps?: RestoreSteps;
  readonly yes?: boolean;
}

await runVerb(import.meta.url, {
  name: "sync:full",
  description:
    "Bring all rows of one server's database to another's: new ones are inserted, others updated, none deleted.",
  examples: [
    "pnpm sync:full pull --peer 'Server B' --plan        # inserts, updates and conflicts, before anything is written",
    "pnpm sync:full pull --peer 'Server B' --compress --verify",
    "pnpm sync:full push --peer 192.168.0.114 --yes --json",
  ],
  configure: (command) =>
    peersFlags(command.argument("<direction>", "pull: from the peer to here; push: from here to the peer"))
      .option("--peer <who>", "its name, node id or host")
      .option("--compress", "compress on the way, where that is faster")
      .option("--no-compress", "send as it is")
      .option("--verify", "compare both sides key by key afterwards (the default)")
      .option("--no-verify", "trust the checksums on the way")
      .option("--plan", "only say what would be written")
      .option("--method <method>", "backup, or http: pages of rows, which need no room at the source")
      .option("--steps <steps>", "one-transaction, or table-by-table for huge databases")
      .option("--yes", "do not ask"),
  run: (flags: FullFlags, direction: string) =>
    withPeers(flags, async (peers) => {
      const request = readFlags(flags, direction);
      const began = performance.now();
      const session = await begin(peers, request, flags);
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      report(session, seconds, flags);
      return session.status === "completed" && session.verified !== false ? 0 : 1;
    }),
});

interface Request {
  readonly direction: Direction;
  readonly peer: string;
  readonly options: FullSyncOptions;
}

function readFlags(flags: FullFlags, direction: string): Request {
  const wrong = (message: string) =>
    new UserError(message, { next: "pnpm sync:full --help shows the flags", exitCode: 2 });
  if (direction !== "pull" && direction !== "push") throw wrong(`"${direction}" is no direction: it is pull or push`);
  if (!flags.peer) throw wrong("--peer names the other server");
  const { compress = true, verify = true, plan = false, method, steps } = flags;
  if (method && !["backup", "http"].includes(method)) throw wrong(`"${method}" is no method: it is backup or http`);
  if (steps && !["one-transaction", "table-by-table"].includes(steps)) throw wrong(`"${steps}" are no steps`);
  const options = { compressionEnabled: compress, verifyAfterSync: verify, plan, method, steps };
  return { direction, peer: flags.peer, options };
}

/** Begin, or go on with the same one that was interrupted. */
async function begin(peers: Peers, request: Request, flags: FullFlags): Promise<Session> {
  const { installation, environment } = peers.target;
  const { direction, options } = request;
  const peer = peers.find(request.peer);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const common = {
    by: operator(),
    log: openLog(installation, "peers", `full-${environment.name}`),
    signal: stop.signal,
  };
  peers.book.sessions.markStuck();
  const interrupted = peers.book.sessions.unfinished().find(
    (one) =>
      one.status === "interrupted" &&
      one.role === "driver" &&
      one.direction === direction &&
      one.peer.nodeId === peer.nodeId &&
      // Who only wants to be told does not go on with what writes.
      (one.options.plan ?? false) === (options.plan ?? false),
  );
  if (interrupted) process.stderr.write(`Going on with ${interrupted.sessionId}, which was interrupted\n`);
  else if (!options.plan) await confirm(peers.name, peer.name, direction, flags.yes ?? false);
  const started = interrupted
    ? await resumeFullSync(peers, interrupted.sessionId, common)
    : await startFullSync(peers, { ...request, ...common });
  return await watchSession(peers, started);
}

async function confirm(own: string, peer: string, direction: Direction, yes: boolean): Promise<void> {
  const [source, target] = direction === "pull" ? [peer, own] : [own, peer];
  await confirmDestructive(`Rows of ${source} will be written over those of ${target}. Go on?`, { yes });
}

function report(session: Session, seconds: number, { json, plan }: FullFlags): void {
  const { sessionId, status, verified, rows, tables, error, notes, bytesTransferred } = session;
  if (json) {
    const { inserted = 0, updated = 0, unchanged = 0, skipped = 0 } = rows ?? {};
    const counts = { inserted, updated, unchanged, skipped };
    const result = {
      sessionId,
      status,
      verified,
      rows: counts,
      bytes: bytesTransferred,
      seconds,
      plan: plan ?? false,
      tables,
      notes,
    };
    process.stdout.write(`${JSON.stringify({ ...result, ...(error ? { error } : {}) })}\n`);
    return;
  }
  process.stdout.write(`${plan && status === "completed" ? showPlan(session) : showSession(session, seconds)}\n`);
}

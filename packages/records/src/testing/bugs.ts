import { decide } from "../rules/decide.ts";
import { placePacket } from "../rules/place-packet.ts";
import { receive } from "../rules/receive.ts";
import { settle } from "../rules/settle.ts";
import type { Dialect } from "../store/dialect.ts";
import type { Store } from "../store/store.ts";
import { run, type Statement, type Work } from "../store/work.ts";
import { Crash } from "./fragile-store.ts";
import type { Parts } from "./world.ts";

/** What engines of this kind got wrong, each as parts that take the place of ours. The suite must notice every one. */
export const bugs: Readonly<Record<string, Parts>> = {
  "a packet whose answer was lost is applied again": {
    serverRules: {
      placePacket: (received, packetNo, hash, answered) =>
        packetNo === received ? "next" : placePacket(received, packetNo, hash, answered),
    },
    wrapServer: (store) =>
      altered(store, (text) => text.replace(/^INSERT INTO sync_packets/, "INSERT OR REPLACE INTO sync_packets")),
  },
  "a packet that comes late is taken": {
    serverRules: { placePacket: (_, __, hash, answered) => (answered === hash ? "again" : "next") },
  },
  "deletions are forgotten before everybody has heard of them": {
    purge: (world) =>
      world.manager.store.transaction(() => run("DELETE FROM sync_records WHERE deleted AND NOT parked")),
  },
  "who was away for too long is not told": {
    serverRules: { needsResync: () => undefined },
  },
  "the later clock wins, whatever was seen": {
    serverRules: {
      decide: (change, _, current) =>
        !current || (change.data?.updated_at ?? "~") >= (current.row?.updated_at ?? "")
          ? { kind: "follow" }
          : { kind: "same" },
    },
  },
  "who loses is not kept": {
    serverRules: {
      decide: (...given) => {
        const decision = decide(...given);
        if (decision.kind !== "conflict") return decision;
        return { kind: decision.winner === "incoming" ? "follow" : "same" };
      },
    },
  },
  "doubles are rounded on their way": {
    nodeDialect: (dialect) => rounding(dialect),
  },
  "an answer overwrites what was written since": {
    nodeRules: { settle: (result, base) => settle(result, base, false) },
  },
  "what the server sends overwrites what waits to be sent": {
    nodeRules: { receive: (served, held, whole) => receive(served, held && { ...held, pending: false }, whole) },
  },
  "a node that is killed keeps half of an answer": {
    wrapNode: (store) => halving(store),
  },
  "deletions are not sent": {
    wrapServer: (store) =>
      altered(store, (text) => text.replace("r.version > $1 ", "r.version > $1 AND NOT r.deleted ")),
  },
  "what comes is captured, and goes back as a write": {
    wrapNode: (store) =>
      altered(store, (text) => (text.startsWith("INSERT INTO sync_state VALUES ('applying'") ? "SELECT 1" : text)),
  },
};

function rounding(dialect: Dialect): Dialect {
  return {
    ...dialect,
    *readRows(...given) {
      const rows = yield* dialect.readRows(...given);
      return new Map(
        [...rows].map(([uuid, row]) => [uuid, row.x ? { ...row, x: String(Math.fround(Number(row.x))) } : row]),
      );
    },
  };
}

/** A store that runs other statements than it is given. */
function altered(store: Store, alter: (text: string) => string): Store {
  function* altering<T>(work: Work<T>): Work<T> {
    let step = work.next();
    while (!step.done) {
      const statement: Statement = { ...step.value, text: alter(step.value.text) };
      let rows: Record<string, unknown>[];
      try {
        rows = yield statement;
      } catch (error) {
        step = work.throw(error);
        continue;
      }
      step = work.next(rows);
    }
    return step.value;
  }
  return {
    dialect: store.dialect,
    transaction: (work) => store.transaction(() => altering(work())),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** A store whose transactions do not undo what they did when they are killed. */
function halving(store: Store): Store {
  return {
    dialect: store.dialect,
    transaction: async <T>(work: () => Work<T>): Promise<T> => {
      let crash: Crash | undefined;
      const result = await store.transaction(function* (): Work<T | undefined> {
        try {
          return yield* work();
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
          crash = error;
          return undefined;
        }
      });
      if (crash) throw crash;
      return result as T;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

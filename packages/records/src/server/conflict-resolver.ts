import { type HistoryQuery, type Lost, readHistory } from "../books/history.ts";
import { type Conflict, decide, type Strategy, type Verdict } from "../rules/decide.ts";
import type { Choice } from "./resolve.ts";
import type { SyncManager } from "./sync-manager.ts";

/** Conflicts: decided by a strategy, looked up, decided by a person. */
export class ConflictResolver {
  readonly #manager: SyncManager;
  #strategy: Strategy = "server-wins";

  constructor(manager: SyncManager) {
    this.#manager = manager;
  }

  /** What a strategy makes of two writes, without doing it. */
  resolveConflict({ change, incoming, current }: Conflict, strategy: Strategy = this.#strategy): Verdict | "park" {
    const decision = decide(change, incoming, current, strategy);
    if (decision.kind === "park") return "park";
    if (decision.kind === "conflict") return decision;
    return { winner: decision.kind === "follow" ? "incoming" : "current", reason: "there is no conflict" };
  }

  /** Versions that lost, and those that wait for a person; newest first. */
  getConflictHistory(query: HistoryQuery = {}): Promise<Lost[]> {
    return this.#manager.store.transaction(() => readHistory(query));
  }

  /** A person decides. @throws SyncError 404, 422 */
  manuallyResolveConflict(versionId: string, choice: Choice, resolverName: string): Promise<Lost> {
    return this.#manager.resolve(versionId, choice, { name: resolverName });
  }

  /** For entities that have none of their own. */
  setDefaultStrategy(strategy: Strategy): void {
    this.#strategy = strategy;
    this.#manager.setDefaultStrategy(strategy);
  }
}

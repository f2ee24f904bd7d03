import type { Dialect } from "./dialect.ts";
import type { Work } from "./work.ts";

/** A database that holds a replica: its entities, and the engine's own tables. */
export interface Store extends AsyncDisposable {
  readonly dialect: Dialect;
  /** Do all of the work or none of it. It may be begun anew when the database could not let it pass beside another. */
  transaction<T>(work: () => Work<T>): Promise<T>;
}

/** Whether something is a store, and not yet the way to one. */
export function isStore(given: string | object): given is Store {
  return typeof given === "object" && "transaction" in given;
}

import type { Connection } from "@understudy/postgres";
import type { N8nPolicy } from "../policy/policy.ts";

/** What a service's own data needs before staging runs on it. */
export interface ServiceContext {
  /** Production's database, read-only, at the moment that the copy is of. */
  readonly production: Connection;
  /** The copy, complete with its constraints, as superuser. */
  readonly incoming: Connection;
  /** Staging's database of the same name that runs now; undefined when there is none. */
  readonly live: Connection | undefined;
  /** Values of the environment files. Read by name, never written anywhere. */
  readonly productionValues: Readonly<Record<string, string>>;
  readonly stagingValues: Readonly<Record<string, string>>;
  readonly n8n: N8nPolicy;
}

/** Something that must not be in a copy, and how often it is. */
export interface Fact {
  /** For people, e.g. `active workflows that sanitize.yml does not name`. */
  readonly about: string;
  readonly count: number;
}

/** How one service's database is made harmless and staging's own. Adding one: a folder here, and its line in registry.ts. */
export interface ServiceData {
  /** The database's name. */
  readonly database: string;
  /** @throws UserError for a version whose tables are not known. */
  refuseUnknown(context: ServiceContext): Promise<void>;
  /** Write into the copy what makes it so. Nothing else is written anywhere. */
  prepare(context: ServiceContext): Promise<void>;
  /** Looked up afterwards, without trust in `prepare`. */
  proof(context: ServiceContext): Promise<Fact[]>;
}

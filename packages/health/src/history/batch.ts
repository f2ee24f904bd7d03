import type { Notice, Outbox } from "@understudy/core/light";
import type { CheckResult } from "../checks/check.ts";
import { type CountedError, countError } from "./errors.ts";
import { addEvent, type PastEvent } from "./events.ts";
import { type PastIncident, putIncident } from "./incidents.ts";
import type { LookWriter } from "./looks.ts";
import type { Sql } from "./sql.ts";

/** What the monitor saw and decided since the last batch: kept whole, or not at all. Texts come redacted. */
export interface Batch {
  /** ms since the epoch. May lie before the last batch's: a clock can be set back. */
  readonly at: number;
  readonly results?: readonly SeenResult[] | undefined;
  readonly usage?: readonly ServiceUsage[] | undefined;
  readonly errors?: readonly CountedError[] | undefined;
  readonly events?: readonly Omit<PastEvent, "at">[] | undefined;
  /** Those that are new or have changed. */
  readonly incidents?: readonly PastIncident[] | undefined;
  /** What the next run of the monitor goes on with; plain data. Takes the place of the one before. */
  readonly state?: unknown;
  readonly notices?: readonly Pick<Notice, "channel" | "key" | "payload">[] | undefined;
}

/** A check's result, by the name `check`. */
export interface SeenResult extends Pick<CheckResult, "service" | "status" | "ms"> {
  readonly check: string;
  /** Kept when it tells something new; figures in it do not. */
  readonly seen?: string | undefined;
  /** ms until the check is due again: a result speaks for thrice that at most, the rest is unknown. */
  readonly interval?: number | undefined;
}

/** What the containers of a service use. */
export interface ServiceUsage {
  readonly service: string;
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly memoryLimit?: number | undefined;
}

interface Writers {
  readonly sql: Sql;
  readonly looks: LookWriter;
  readonly outbox: Outbox;
}

/** Inside a transaction. */
export function writeBatch({ sql, looks, outbox }: Writers, batch: Batch): void {
  const { at } = batch;
  if (!Number.isSafeInteger(at) || at < 0)
    throw new RangeError(`a batch's time must be whole ms since the epoch, not ${at}`);
  for (const { check, ms, ...result } of batch.results ?? []) {
    looks.add({ ...result, kind: "check", name: check, value: ms }, at);
  }
  for (const usage of batch.usage ?? []) writeUsage(looks, usage, at);
  for (const error of batch.errors ?? []) countError(sql, error, at);
  for (const event of batch.events ?? []) addEvent(sql, { ...event, at });
  for (const incident of batch.incidents ?? []) putIncident(sql, incident);
  for (const notice of batch.notices ?? []) outbox.enqueue({ ...notice, at });
  if (batch.state !== undefined) writeState(sql, batch.state);
}

/** What was written last. */
export function readState(sql: Sql): unknown {
  const json = sql.get`select json from state`?.json;
  return json === undefined ? undefined : JSON.parse(String(json));
}

function writeState(sql: Sql, state: unknown): void {
  sql.run`insert into state (id, json) values (1, ${JSON.stringify(state)})
    on conflict do update set json = excluded.json where json <> excluded.json`;
}

function writeUsage(looks: LookWriter, { service, cpu, memory, memoryLimit }: ServiceUsage, at: number): void {
  const common = { name: service, service, status: "healthy" } as const;
  looks.add({ ...common, kind: "cpu", value: cpu * 1_000 }, at);
  looks.add({ ...common, kind: "memory", value: memory }, at);
  if (memoryLimit !== undefined) looks.add({ ...common, kind: "memory limit", value: memoryLimit }, at);
}

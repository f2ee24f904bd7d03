import { strict as assert } from "node:assert";
import { heldBack } from "../books/held-back.ts";
import { readHistory } from "../books/history.ts";
import { readNumber } from "../books/state.ts";
import { Replica } from "../client/replica.ts";
import type { Packet } from "../packet/packet.ts";
import { validatePacket } from "../packet/packet-manager.ts";
import { rules as ownRules, type Rules } from "../rules/rules.ts";
import { SyncManager } from "../server/sync-manager.ts";
import { rowsOfRecords } from "../store/apply-rows.ts";
import type { Dialect } from "../store/dialect.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { rowsOf, run } from "../store/work.ts";
import { SyncError } from "../sync-error.ts";
import type { Row } from "../values/kind.ts";
import { timestampOf } from "../values/timestamp.ts";
import { Crash, FragileStore } from "./fragile-store.ts";
import { Oracle, valuesOf } from "./oracle.ts";
import { type Plan, retention, type Step, server } from "./plan.ts";

/** What a test puts in the place of the engine's own. */
export interface Parts {
  readonly serverRules?: Partial<Rules>;
  readonly nodeRules?: Partial<Rules>;
  /** Of the nodes' stores. */
  readonly nodeDialect?: (dialect: Dialect) => Dialect;
  readonly wrapServer?: (store: Store) => Store;
  readonly wrapNode?: (store: Store) => Store;
  readonly purge?: (world: World) => Promise<unknown>;
}

/** Makes a database that is empty but for the engine's tables and a table `notes`. It is closed with the world. */
export type OpenStore = () => Promise<Store>;

export const createNotes = (dialect: "sqlite" | "postgres") => {
  const types =
    dialect === "sqlite"
      ? ["TEXT", "TEXT", "BOOLEAN", "DOUBLE", "NUMERIC TEXT"]
      : ["uuid", "timestamptz", "boolean", "float8", "numeric"];
  const [uuid, time, boolean, double, numeric] = types;
  return `CREATE TABLE notes (uuid ${uuid} NOT NULL PRIMARY KEY, updated_at ${time} NOT NULL, is_deleted ${boolean} NOT NULL DEFAULT false,
    a TEXT, b TEXT, tag TEXT UNIQUE, n BIGINT, x ${double}, d ${numeric})`;
};

export const openSqlite: OpenStore = async () => {
  const store = await SqliteStore.open(":memory:");
  store.database.exec(createNotes("sqlite"));
  return store;
};

interface Member {
  readonly name: string;
  readonly store: FragileStore;
  offset: number;
  upgraded: boolean;
  /** Nodes only. */
  readonly id: string;
  readonly replica: Replica | undefined;
}

/** What becomes of an exchange. */
type Fate = Pick<Step & { do: "sync" }, "request" | "answer" | "ahead" | "serverDies" | "nodeDies">;
const quiet: Fate = { request: "passes", answer: "passes", ahead: false, serverDies: undefined, nodeDies: undefined };

const begin = Date.UTC(2020, 0, 1);

/** A server, nodes, the lines between them, and everything that happens to them. Nothing in it depends on the time of day. */
export class World implements AsyncDisposable {
  readonly oracle = new Oracle();
  manager!: SyncManager;
  readonly #members: Member[] = [];
  readonly #plan: Plan;
  readonly #parts: Parts;
  readonly #requests: { readonly id: string; readonly packet: Packet }[] = [];
  readonly #answered = new Map<string, string>();
  readonly #stores: Store[] = [];
  #now = begin;

  static async open(plan: Plan, parts: Parts, openServer: OpenStore, openNode: OpenStore): Promise<World> {
    const world = new World(plan, parts);
    await world.#open(await world.#keep(openServer), openNode);
    return world;
  }

  private constructor(plan: Plan, parts: Parts) {
    this.#plan = plan;
    this.#parts = parts;
  }

  async #keep(open: OpenStore): Promise<Store> {
    const store = await open();
    this.#stores.push(store);
    return store;
  }

  async #open(store: Store, openNode: OpenStore): Promise<void> {
    const fragile = new FragileStore(this.#parts.wrapServer?.(store) ?? store);
    const host: Member = { name: "server", store: fragile, offset: 0, upgraded: false, id: "", replica: undefined };
    this.#members.push(host);
    this.manager = await SyncManager.open(fragile, {
      strategy: this.#plan.strategy,
      clock: () => this.#clockOf(host),
      rules: { ...ownRules, ...this.#parts.serverRules },
      futureBound: 5_000,
    });
    for (let number = 1; number <= this.#plan.nodes; number++) {
      this.#members.push(await this.#join(`node-${number}`, await this.#keep(openNode)));
    }
  }

  async #join(name: string, opened: Store): Promise<Member> {
    const { nodeId } = await this.manager.registerNode({ code: name, name, trusted: false, tokenLife: 1e12 });
    const store = new FragileStore(this.#parts.wrapNode?.(opened) ?? opened, this.#parts.nodeDialect?.(opened.dialect));
    const replica: Replica = new Replica(store, {
      clock: () => this.#clockOf(member),
      rules: { ...ownRules, ...this.#parts.nodeRules },
      batch: 3,
      page: 4,
    });
    const member: Member = { name, store, offset: 0, upgraded: false, id: nodeId, replica };
    await replica.takeIn();
    await replica.join(nodeId, 0);
    return member;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#stores) await store[Symbol.asyncDispose]();
  }

  async run(): Promise<void> {
    for (const step of this.#plan.steps) {
      this.#now += 10;
      await this.#do(step);
    }
    await this.#calm();
    await this.#judge();
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case "write":
        return await this.#write(this.#at(step.at), step);
      case "delete":
        return await this.#delete(this.#at(step.at), step);
      case "sync":
        for (let passed = 0; passed < step.before && (await this.#sync(this.#at(step.at), quiet)); passed++);
        await this.#sync(this.#at(step.at), step);
        return;
      case "replay":
        return await this.#replay(step.which);
      case "clock":
        this.#at(step.at).offset += step.by;
        return;
      case "pass":
        this.#now += step.ms;
        return;
      case "purge":
        this.#now += step.after;
        return await this.#purge();
      case "resolve":
        await this.#resolve(step.choice);
        return;
      case "upgrade":
        return await this.#upgrade(this.#at(step.at));
    }
  }

  async #write(member: Member, { key, field, tag }: Step & { do: "write" }): Promise<void> {
    const uuid = uuidOf(key);
    const row = await this.#row(member, uuid);
    const seen = row?.[field];
    const anew = !row && (await this.#isKnownDeleted(member, uuid));
    const token = this.oracle.note({ kind: "write", key: uuid, by: member.name, over: seen ? [seen] : [], anew });
    const { n, x, d } = valuesOf(token);
    const more = field === "a" ? ", n = $5, x = $6, d = $7" : "";
    const values = [timestampOf(this.#clockOf(member)), token, tag ? `tag-${tag}` : null, uuid];
    const statement = row
      ? run(
          `UPDATE notes SET updated_at = $1, ${field} = $2, tag = coalesce($3, tag), is_deleted = false${more} WHERE uuid = $4`,
          ...values,
          ...(more ? [n, x, d] : []),
        )
      : run(
          `INSERT INTO notes (updated_at, ${field}, tag, uuid${more && ", n, x, d"}) VALUES ($1, $2, $3, $4${more && ", $5, $6, $7"})`,
          ...values,
          ...(more ? [n, x, d] : []),
        );
    try {
      await member.store.transaction(() => statement);
    } catch (error) {
      if (member.store.dialect.violation(error) === undefined) throw error;
      this.oracle.takeBack(token);
    }
  }

  async #delete(member: Member, { key, hard }: Step & { do: "delete" }): Promise<void> {
    const uuid = uuidOf(key);
    const row = await this.#row(member, uuid);
    if (!row) return;
    const over = [row.a, row.b].filter((token) => typeof token === "string");
    const noted = { key: uuid, by: member.name, over };
    if (!hard) {
      const token = this.oracle.note({ ...noted, kind: "soft delete" });
      const { n, x, d } = valuesOf(token);
      const at = timestampOf(this.#clockOf(member));
      await member.store.transaction(() =>
        run(
          "UPDATE notes SET is_deleted = true, a = $1, updated_at = $2, n = $4, x = $5, d = $6 WHERE uuid = $3",
          token,
          at,
          uuid,
          n,
          x,
          d,
        ),
      );
      return;
    }
    // What nobody else has heard of can go in silence.
    const known = await member.store.transaction(() =>
      rowsOf(
        "SELECT 1 AS one FROM sync_records WHERE entity_uuid = $1 UNION SELECT 1 FROM sync_changes WHERE entity_uuid = $1 AND packet_no > 0",
        uuid,
      ),
    );
    if (known.length > 0 || !member.replica) this.oracle.note({ ...noted, kind: "hard delete" });
    else this.oracle.forget(uuid, member.name);
    await member.store.transaction(() => run("DELETE FROM notes WHERE uuid = $1", uuid));
  }

  /** Returns whether there is more to send or to fetch. */
  async #sync(member: Member, fate: Fate): Promise<boolean> {
    const { replica } = member;
    if (!replica) return false;
    try {
      if (fate.nodeDies !== undefined) member.store.dieAfter(fate.nodeDies);
      const packet = await replica.nextPacket();
      this.#requests.push({ id: member.id, packet });
      if (fate.ahead) await replica.packAhead();
      if (fate.request === "is lost") return true;
      if (fate.serverDies !== undefined) this.#at(server).store.dieAfter(fate.serverDies);
      if (fate.request === "is truncated") return this.#truncated(packet);
      if (fate.request === "comes twice") await this.#deliver(member.id, packet);
      const answer = await this.#deliver(member.id, packet);
      if (fate.answer === "passes") await replica.take(packet, answer);
      return packet.packet_no > 0 || packet.whole || answer.more;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      return true;
    } finally {
      member.store.revive();
      this.#at(server).store.revive();
    }
  }

  /** What was cut off is refused, and has no effect. */
  #truncated(packet: Packet): boolean {
    if (packet.changes.length === 0) return true;
    const cut = { ...packet, changes: packet.changes.slice(0, -1) };
    assert.throws(() => validatePacket(JSON.parse(JSON.stringify(cut))), SyncError);
    return true;
  }

  /** A packet's way through the server, as JSON. The same packet has one answer, and is applied once. */
  async #deliver(id: string, packet: Packet) {
    const arrived = validatePacket(JSON.parse(JSON.stringify(packet)));
    const name = `${id} ${packet.packet_no}`;
    const known = packet.packet_no > 0 ? this.#answered.get(name) : undefined;
    const before = await this.#version();
    const answer = JSON.parse(JSON.stringify(await this.manager.exchange(id, arrived))) as Awaited<
      ReturnType<SyncManager["exchange"]>
    >;
    if (known !== undefined)
      assert.equal(JSON.stringify(answer.results), known, `packet ${name} was answered in another way`);
    if (packet.packet_no > 0) this.#answered.set(name, JSON.stringify(answer.results));
    const latest = Math.max(0, ...answer.results.map(({ version }) => version));
    if (known !== undefined) assert.ok(latest <= before, `packet ${name} was applied twice`);
    return answer;
  }

  async #replay(which: number): Promise<void> {
    const request = this.#requests.at(-1 - which);
    if (!request) return;
    try {
      await this.#deliver(request.id, request.packet);
    } catch (error) {
      // It was answered long ago.
      if (!(error instanceof SyncError && error.status === 409)) throw error;
    }
  }

  async #resolve(choice: "theirs" | "ours" | "deleted"): Promise<boolean> {
    const [conflict] = await this.manager.store.transaction(() => readHistory({ open: true, limit: 1 }));
    if (!conflict) return false;
    try {
      await this.manager.resolve(conflict.id, choice, { name: "a person" });
    } catch (error) {
      if (!(error instanceof SyncError && error.status === 422)) throw error;
      await this.manager.resolve(conflict.id, "ours", { name: "a person" });
    }
    return true;
  }

  async #purge(): Promise<void> {
    const before = await this.#tombstones();
    await (this.#parts.purge ?? purge)(this);
    for (const key of before.difference(await this.#tombstones())) this.oracle.purge(key);
  }

  async #isKnownDeleted(member: Member, uuid: string): Promise<boolean> {
    const known = await member.store.transaction(() =>
      rowsOf("SELECT 1 AS one FROM sync_records WHERE entity_uuid = $1 AND deleted", uuid),
    );
    return known.length > 0;
  }

  async #tombstones(): Promise<Set<string>> {
    const rows = await this.manager.store.transaction(() =>
      rowsOf<{ key: string }>("SELECT CAST(entity_uuid AS TEXT) AS key FROM sync_records WHERE deleted"),
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** A new column: on the server first, as the guide says. */
  async #upgrade(member: Member): Promise<void> {
    const host = this.#at(server);
    for (const one of new Set([host, member])) {
      if (one.upgraded) continue;
      one.upgraded = true;
      await one.store.transaction(() => run("ALTER TABLE notes ADD COLUMN extra TEXT DEFAULT 'new'"));
      const { dialect } = one.store;
      await one.store.transaction(function* () {
        for (const entity of yield* dialect.entities()) yield* dialect.capture(entity);
      });
    }
    await this.manager.refresh();
  }

  /** No faults, right clocks, decisions made: until nothing moves any more. */
  async #calm(): Promise<void> {
    for (const member of this.#members) member.offset = 0;
    // What was written in the future is in the past by then.
    this.#now += 200 * 86_400_000;
    for (let round = 0; round < 60; round++) {
      const before = await this.#version();
      let waiting = 0;
      for (const [at, { replica }] of this.#members.entries()) {
        if (!replica) continue;
        for (let page = 0; page < 30 && (await this.#sync(this.#at(at), quiet)); page++);
        waiting += (await replica.backlog()).records;
      }
      const decided = await this.#resolve(round % 2 ? "theirs" : "ours");
      if (!decided && waiting === 0 && (await this.#version()) === before && round > 1) return;
    }
    assert.fail("the replicas do not come to rest");
  }

  async #judge(): Promise<void> {
    const rows = await this.#rows(this.#at(server));
    const history = [];
    for (const member of this.#members) {
      const lost = await member.store.transaction(() => readHistory({ limit: 10_000 }));
      for (const { entity_uuid, source_node_id, operation, serialized_data } of lost) {
        const by = this.#members.find(({ id }) => id === source_node_id)?.name ?? "server";
        history.push({ key: entity_uuid, by, operation, row: serialized_data });
      }
    }
    const live = withoutDeleted(rows);
    for (const member of this.#members) {
      assert.deepEqual(await member.store.transaction(heldBack), [], `${member.name} holds something back`);
      const theirs = withoutDeleted(await this.#rows(member));
      assert.deepEqual(
        common(theirs, member.upgraded),
        common(live, member.upgraded),
        `${member.name} has other rows than the server`,
      );
    }
    for (const row of live.values()) {
      if (!row.a) continue;
      const { n, x, d } = valuesOf(row.a);
      assert.deepEqual(
        { n: row.n, x: row.x, d: row.d },
        { n: String(n), x: String(x), d },
        "a value is not what was written",
      );
    }
    assert.deepEqual(this.oracle.lost({ rows, history }), [], "writes are lost");
  }

  async #row(member: Member, uuid: string): Promise<Row | undefined> {
    return (await this.#rows(member, [uuid])).get(uuid);
  }

  async #rows(member: Member, uuids: readonly string[] = [0, 1, 2, 3, 4, 5].map(uuidOf)): Promise<Map<string, Row>> {
    const { dialect } = member.store;
    const keys = uuids.map((entity_uuid) => ({ entity_type: "notes", entity_uuid }));
    const rows = await member.store.transaction(function* () {
      const entities = new Map((yield* dialect.entities()).map((entity) => [entity.name, entity]));
      return yield* rowsOfRecords(dialect, entities, keys);
    });
    return new Map([...rows.values()].map((row) => [String(row.uuid), row]));
  }

  #version(): Promise<number> {
    return this.#at(server).store.transaction(() => readNumber("version"));
  }

  #at(at: number): Member {
    const member = this.#members[at > this.#plan.nodes ? 1 + (at % this.#plan.nodes) : at];
    if (!member) throw new Error("nobody is there");
    return member;
  }

  #clockOf(member: Member): number {
    return this.#now + member.offset;
  }
}

export function purge(world: World): Promise<unknown> {
  return world.manager.purge({ tombstones: retention, history: 1e12 });
}

function uuidOf(key: number): string {
  return `00000000-0000-4000-8000-00000000000${key}`;
}

function withoutDeleted(rows: ReadonlyMap<string, Row>): Map<string, Row> {
  return new Map([...rows].filter(([, row]) => row.is_deleted !== "true").sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Rows by the columns that everybody has; who has the new one, has it right. */
function common(rows: ReadonlyMap<string, Row>, upgraded: boolean): [string, Row][] {
  return [...rows].map(([uuid, { extra, ...row }]) => [uuid, upgraded ? { ...row, extra: extra ?? null } : row]);
}

import { bytesInWords, countInWords, UserError } from "@understudy/core";
import { incomingName, type Server } from "@understudy/data";
import { openSessions } from "../in-parallel.ts";
import type { Fingerprint } from "../mask/masker.ts";
import { maskers } from "../mask/registry.ts";
import type { PersonalValue } from "../neo4j/mask-elements.ts";
import { eachPersonalValue } from "../neo4j/personal-values.ts";
import type { CopyPlan } from "../plan/plan-copy.ts";
import type { MaskRule } from "../policy/policy.ts";
import { collectFingerprints, expectedValues, maskedConstants } from "./leaks/collect.ts";
import type { Find } from "./leaks/finds.ts";
import { Fingerprints, formsOf } from "./leaks/fingerprints.ts";
import { type Origin, proveInDatabases } from "./leaks/prove.ts";
import type { Leak } from "./leaks/report.ts";
import { scanDatabase } from "./leaks/scan-database.ts";
import { scanStream } from "./leaks/scan-stream.ts";
import { Search } from "./leaks/search.ts";

export interface LeakSearchOptions {
  readonly staging: Server;
  /** Sessions at a time, on either side. */
  readonly parallel: number;
  /** Values of the team's own that both environments have. */
  readonly own: readonly string[];
}

/** What was copied, and by which policy. */
type Copied = Pick<CopyPlan, "databases" | "graph" | "policy">;

/** Values that were masked stand in the copy. */
export class CopyLeaks extends UserError {}

/** Looks for everything that was masked, in databases and graph, in everything that the copy consists of. */
export class LeakSearch implements AsyncDisposable {
  /** Worth a look, but no leaks. */
  readonly notes: string[] = [];
  readonly #options: LeakSearchOptions;
  readonly #plan: Copied;
  readonly #fingerprints: Fingerprints;
  readonly #search: Search;
  readonly #sessions = new AsyncDisposableStack();
  #origins: Origin[] = [];

  constructor(plan: Copied, options: LeakSearchOptions) {
    this.#options = options;
    this.#plan = plan;
    const tables = plan.databases.flatMap(({ plan }) => plan.tables);
    const expected = expectedValues(tables) + (plan.graph?.plan.elements ?? 0);
    this.#fingerprints = new Fingerprints({
      expected,
      allowed: [...maskedConstants(tables), ...maskerConstants(), ...plan.policy.allowedValues, ...options.own],
    });
    this.#search = new Search(this.#fingerprints, [
      (finds) => proveInDatabases(finds, this.#origins),
      (finds) => this.#proveInGraph(finds),
    ]);
  }

  /** Have production fingerprint its personal values. */
  async collect(report: (line: string) => void): Promise<string> {
    const { parallel } = this.#options;
    let values = 0;
    for (const { source, plan } of this.#plan.databases) {
      const readers = await openSessions(source.newReader, parallel, this.#sessions);
      this.#origins.push({ database: plan.name, readers, plans: plan.tables });
      const onProgress = (more: number) => {
        values += more;
        report(`${plan.name}: ${countInWords(values)} values`);
      };
      await collectFingerprints(this.#fingerprints, readers, plan.tables, { onProgress });
    }
    return `${countInWords(this.#fingerprints.count)} different values`;
  }

  /** A value of the graph that is masked on its way. */
  addGraphValue({ rule, value }: PersonalValue): void {
    const fingerprint = fingerprintOf(rule);
    if (fingerprint) this.#fingerprints.addValue(value, fingerprint);
  }

  scanGraphText(place: string, text: string): void {
    this.#search.scanText(`neo4j: ${place}`, text);
  }

  scanFile(place: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    return scanStream(this.#search, content, place);
  }

  /** Search the databases of the copy, and prove what was found. @throws CopyLeaks by place, never with a value. */
  async search(report: (line: string) => void): Promise<string> {
    const { parallel, staging } = this.#options;
    let bytes = 0;
    for (const { plan } of this.#plan.databases) {
      await using opened = new AsyncDisposableStack();
      const connections = await Promise.all(
        Array.from({ length: parallel }, async () => opened.use(await staging.connect(incomingName(plan.name)))),
      );
      const onProgress = ({ about, bytes: more }: { about: string; bytes: number }) => {
        bytes += more;
        report(`${about}, ${bytesInWords(bytes)} in all`);
      };
      await scanDatabase(this.#search, connections, plan.name, plan.tables, { onProgress });
    }
    const { leaks, coincidences } = await this.#search.report();
    if (leaks.length) throw leaked(leaks);
    this.notes.push(
      ...coincidences.map((one) => `Numbers that are like masked ones, probably by chance: ${inWords(one)}`),
    );
    return `0 in ${bytesInWords(bytes)}`;
  }

  async #proveInGraph(finds: readonly Find[]): Promise<Map<Find, string[]>> {
    const { graph, policy } = this.#plan;
    const proven = new Map<Find, Set<string>>();
    if (!graph || !policy.neo4j) return new Map();
    const byForm = new Map(finds.map((find) => [find.kind + find.value, find]));
    await eachPersonalValue(graph.source, policy.neo4j, graph.plan, ({ place, rule, value }) => {
      for (const [kind, form] of formsOf(value, fingerprintOf(rule) ?? "text")) {
        const find = byForm.get(kind + form);
        if (find) proven.set(find, (proven.get(find) ?? new Set()).add(`neo4j: ${place}`));
      }
    });
    return new Map([...proven].map(([find, places]) => [find, [...places]]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions.disposeAsync();
  }
}

/** In a graph, too, masks that give the same whatever goes in are no sign of a leak. */
function maskerConstants(): string[] {
  return [...maskers.values()].flatMap((masker) => ("constants" in masker ? masker.constants : []));
}

/** How values of a rule are looked for; of a property that is left out like text. Undefined: not worth it. */
function fingerprintOf(rule: MaskRule | undefined): Fingerprint | undefined {
  const masker = rule && maskers.get(rule.masker);
  if (!rule) return "text";
  return masker && "fingerprint" in masker ? masker.fingerprint : undefined;
}

function leaked(leaks: readonly Leak[]): CopyLeaks {
  const shown = leaks.slice(0, 20).map((leak) => `  ${inWords(leak)}`);
  const more = leaks.length > shown.length ? [`  and ${leaks.length - shown.length} more places`] : [];
  return new CopyLeaks(
    [`${leaks.length} places in the copy hold values that were masked; it is not used:`, ...shown, ...more].join("\n"),
    { next: "Mask these places in sanitize.yml too, or name the values under allowedValues:; then run it again" },
  );
}

function inWords({ place, sources, count }: Leak): string {
  return `${place} has ${countInWords(count)} of ${sources.join(", ")}`;
}

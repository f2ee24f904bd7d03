import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findInstallation, loadSettings, resolveEnvironment } from "@understudy/core";
import { type DataFacts, readDataFacts, writeDataFacts } from "@understudy/environment";
import { SmallStage } from "../../../backup/test/support/small-stage.ts";
import type { ExportReport } from "../../src/export/team-export.ts";
import type { ImportReport } from "../../src/import/team-import.ts";

/** Of data that is a copy of production's. */
export const aCopy: DataFacts = {
  copy: {
    ...{ id: "20261121-170501", at: "2026-11-21T17:05:01.000Z", result: "succeeded", from: "production" },
    ...{ unmasked: false, healthySeconds: 12.5 },
  },
  activeWorkflows: ["Nightly report"],
};

/** Of data that is none. */
export const noCopy: DataFacts = { copy: null, activeWorkflows: [] };

/** A developer with a small stack of their own. */
export class Developer implements AsyncDisposable {
  readonly stage: SmallStage;

  private constructor(stage: SmallStage) {
    this.stage = stage;
  }

  /** @param settings of `teamSync`, as YAML in one line */
  static async open(offset: number, settings = "{ team: shop }"): Promise<Developer> {
    const stage = await SmallStage.open({ offset });
    const developer = new Developer(stage);
    developer.set(settings);
    return developer;
  }

  /** Change the settings of `teamSync`. */
  set(settings: string): void {
    const { installation } = this.stage;
    const others = installation.read("understudy.yml").replace(/^teamSync:.*\n/m, "");
    installation.write("understudy.yml", `${others}teamSync: ${settings}\n`);
  }

  /** Take a teammate's key over. */
  async shareKeyWith(other: Developer): Promise<void> {
    await this.run("team:key");
    copyFileSync(this.file(".understudy/team.key"), other.file(".understudy/team.key"));
  }

  export(...flags: string[]): Promise<ExportReport> {
    return this.stage.installation.json("team:export", "--include-volumes", ...flags);
  }

  import(...flags: string[]): Promise<ImportReport> {
    return this.stage.installation.json("team:import", "--yes", ...flags);
  }

  run(verb: string, ...flags: string[]) {
    return this.stage.installation.run(verb, ...flags);
  }

  /** Below the installation. */
  file(path: string): string {
    return join(this.stage.installation.root, path);
  }

  /** What is known of their data. */
  get facts(): DataFacts {
    return readDataFacts(this.#place());
  }

  set facts(facts: DataFacts) {
    writeDataFacts(this.#place(), facts);
  }

  /** Where the newest swap of an import is. */
  phase(): string | undefined {
    const file = this.file(".understudy/team/staging-swap.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { phase: string }).phase : undefined;
  }

  /** What exports have left beside their archives. */
  leftInFolder(): string[] {
    return readdirSync(this.file("team-sync-exports")).filter((name) => !name.startsWith("team-export-"));
  }

  #place() {
    const installation = findInstallation({ UNDERSTUDY_ROOT: this.stage.installation.root });
    return { installation, environment: resolveEnvironment(loadSettings(installation), "staging") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }
}

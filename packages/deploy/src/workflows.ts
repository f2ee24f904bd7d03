import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Installation, type Log, messageOf, type Step, UserError } from "@understudy/core";
import { type DesiredStack, recordedDeployment, type Target } from "@understudy/environment";
import type { MigrateReport, OnStartOptions } from "@understudy/workflows";
import { loginsKnown } from "./first-run/logins.ts";

/** How workflow migrations come to a stack that changes. */
export interface WorkflowsChange extends Pick<OnStartOptions, "manner"> {
  /** What migrations brought after this moment is taken back first. */
  readonly since?: Date;
}

interface Bringing extends WorkflowsChange {
  /** Name of the last one that belongs to what the stack is to be; undefined where none does. */
  readonly to: string | undefined;
  readonly say: (line: string) => void;
  readonly log: Log;
}

/** The service whose workflows they are. */
export const n8n = "n8n";

/**
 * The work on workflows while a stack changes. It is done once: as soon as n8n is up and nobody has been let in, where it starts; else in
 * a step of its own.
 */
export class WorkflowsWork {
  readonly #desired: DesiredStack;
  readonly #bringing: Bringing;
  #done: Promise<string | undefined> | undefined;

  /** @returns undefined where there are no workflows to look after */
  static of(
    desired: DesiredStack,
    change: WorkflowsChange | undefined,
    rest: Omit<Bringing, keyof WorkflowsChange>,
  ): WorkflowsWork | undefined {
    const isNone = !change || (rest.to === undefined && change.since === undefined);
    return isNone || !hasWorkflows(desired) ? undefined : new WorkflowsWork(desired, { ...change, ...rest });
  }

  private constructor(desired: DesiredStack, bringing: Bringing) {
    this.#desired = desired;
    this.#bringing = bringing;
  }

  get step(): Step {
    return { title: "Workflow migrations", run: () => this.run() };
  }

  /** Whether there is something that nobody should meet n8n without. */
  async isDue(): Promise<boolean> {
    if (this.#done) return false;
    return this.#bringing.since !== undefined || (await lacksMigrations(this.#desired, this.#bringing.to));
  }

  /** A service is up, and nobody has been let in. Without n8n's API key, which a later step makes, this is too early. */
  async ready(service: string): Promise<void> {
    if (service === n8n && loginsKnown(this.#desired) && (await this.isDue())) await this.run();
  }

  /** @returns what came of it, in words. @throws UserError unless tolerant */
  run(): Promise<string | undefined> {
    this.#done ??= bring(this.#desired, this.#bringing);
    return this.#done;
  }
}

/** The step that tries what a promotion will bring in production's own database, and takes it back; none without migrations. */
export function rehearsalSteps(desired: DesiredStack, options: Omit<OnStartOptions, "manner">): Step[] {
  if (!hasWorkflows(desired)) return [];
  const run = async () => inWords(await migrate(desired, { ...options, manner: "rehearse" }));
  return [{ title: "Rehearse workflow migrations", run }];
}

/**
 * Name of the last workflow migration that belongs to an environment: a staging has all that the working tree has; a production that stands,
 * those that it was last brought by a deploy, a promotion or a rollback.
 */
export function belongingTo(target: Target): string | undefined {
  const recorded = target.environment.kind === "production" ? recordedDeployment(target) : undefined;
  return recorded ? recorded.lastMigration : lastMigration(target.installation);
}

/** Whether there are workflow migrations that a stack's data was not brought. Looks at files only. @param to name of the last one */
export async function lacksMigrations(desired: DesiredStack, to: string | undefined): Promise<boolean> {
  if (to === undefined || !hasWorkflows(desired)) return false;
  const { hasNewMigrations } = await import("@understudy/workflows");
  return hasNewMigrations(desired, to);
}

/** Names of the migrations that going back to a moment takes back. @throws UserError */
export async function workflowsSince(desired: DesiredStack, since: Date): Promise<string[]> {
  if (!hasWorkflows(desired)) return [];
  const { appliedSince } = await import("@understudy/workflows");
  return await appliedSince(desired, since);
}

/** Name of the last workflow migration that the working tree has. */
export function lastMigration(installation: Pick<Installation, "root">): string | undefined {
  const folder = migrationFolder(installation);
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted()
    .at(-1);
}

/** What few installations have is loaded only there. */
function hasWorkflows({ installation, model }: DesiredStack): boolean {
  return model.services[n8n] !== undefined && existsSync(migrationFolder(installation));
}

function migrationFolder({ root }: Pick<Installation, "root">): string {
  return join(root, "workflows", "migrations");
}

async function bring(target: Target, { since, ...options }: Bringing): Promise<string | undefined> {
  if (since === undefined) return inWords(await migrate(target, options));
  // A release that comes back is not kept from it by its workflows.
  try {
    const { takeBackSince } = await import("@understudy/workflows");
    const taken = await takeBackSince(target, since, options);
    const report = options.to === undefined ? undefined : await migrate(target, options);
    const applied = report?.applied.length ? `, ${report.applied.length} applied` : "";
    return `${taken.length} taken back${applied}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    options.say(`warning: workflows stay as they are: ${messageOf(error)}. ${error.next ?? "See pnpm n8n:status"}`);
    return "not taken back";
  }
}

async function migrate(target: Target, options: OnStartOptions): Promise<MigrateReport | undefined> {
  const { migrateOnStart } = await import("@understudy/workflows");
  return await migrateOnStart(target, options);
}

function inWords(report: MigrateReport | undefined): string | undefined {
  if (!report) return undefined;
  const { applied, pending, published } = report;
  const live = published.length ? `, ${published.length} live` : "";
  return applied.length + pending === 0 ? "none to apply" : `${applied.length} applied${live}, ${pending} pending`;
}

/**
 * Everything that the console can do, each with the flags of the command that does it. Pure and without libraries, for
 * the page shows the same commands that the server runs.
 */
export const actions = {
  "deploy:staging": define("Deploy staging", "change", ({ environment }: In) => named(environment)),
  "deploy:production": define("Deploy production", "danger", ({ environment }: In) => named(environment)),
  promote: define("Promote to production", "danger", ({ environment, from }: Promotion) => [
    ...named(environment),
    ...flag("--from", from),
    "--yes",
  ]),
  "promote:check": define("Prove staging", "change", ({ environment, from }: Promotion) => [
    "--check",
    ...named(environment),
    ...flag("--from", from),
    "--yes",
  ]),
  rollback: define("Roll back production", "danger", ({ environment, tag, withData }: RollbackTo) => [
    "--tag",
    tag,
    ...named(environment),
    ...on("--with-data", withData),
    "--yes",
  ]),
  recover: define("Recover", "change", ({ environment }: In) => named(environment)),
  restart: define("Restart a service", "danger", ({ environment, service }: InService) => [
    ...named(environment),
    "--",
    service,
  ]),
  "stop:staging": define("Stop staging", "danger", ({ environment }: In) => named(environment)),
  backup: define("Take a backup", "change", ({ environment, verify }: Backup) => [
    ...named(environment),
    ...on("--verify", verify),
  ]),
  "rollback:drill": define("Rehearse a restore", "change", ({ environment }: In) => named(environment)),
  "health:check": define("Look at everything now", "change", ({ environment }: In) => named(environment)),
  "health:silence": define("Silence a check", "change", ({ environment, check, length, why }: Silence) => [
    ...named(environment),
    `--for=${length}`,
    `--why=${why}`,
    "--",
    check,
  ]),
  "health:unsilence": define("End a silence", "change", ({ environment, check }: InCheck) => [
    ...named(environment),
    `--end=${check}`,
  ]),
  "test:workflows": define("Run the workflow tests", "change", ({ environment }: In) => named(environment)),
  "sync:policy": define("Accept the proposed rules", "change", ({ environment, only }: Accept) => [
    ...named(environment),
    ...(only?.map((called) => `--accept=${called}`) ?? ["--accept"]),
  ]),
  "sync:production": define("Copy production to staging", "danger", ({ environment, resume }: Copy) => [
    ...named(environment),
    ...on("--resume", resume),
    "--yes",
  ]),
  "n8n:migrate-up": define("Apply workflow migrations", "danger", ({ environment, resolve }: MigrateUp) => [
    ...named(environment),
    ...(resolve === undefined ? [] : [`--${resolve}`]),
  ]),
  "n8n:create-migration": define("Make a migration", "change", ({ environment, workflow }: InWorkflow) => [
    ...named(environment),
    "--",
    workflow,
  ]),
  "records:resolve": define("Decide a conflict", "change", ({ environment, conflict, take, set }: Resolve) => [
    ...named(environment),
    ...flag("--take", take),
    ...Object.entries(set ?? {}).map(([column, value]) => `--set=${column}=${value}`),
    conflict,
  ]),
  "team:push": define("Share a snapshot", "change", ({ environment }: In) => named(environment)),
  "team:pull": define("Take a snapshot", "danger", ({ environment, snapshot }: TeamPull) => [
    ...named(environment),
    "--yes",
    ...(snapshot === undefined ? [] : ["--", snapshot]),
  ]),
  "team:undo": define("Go back to what was before the snapshot", "danger", ({ environment }: In) => [
    ...named(environment),
    "--yes",
  ]),
} as const;

export type ActionId = keyof typeof actions;
/** `danger`: something is interrupted or replaced. In production it asks for the environment's name. */
export type Weight = "change" | "danger";
export type ParametersOf<Id extends ActionId> = Parameters<(typeof actions)[Id]["flags"]>[0];

/** The verb behind an action: two actions can be one verb with other flags. */
export function verbOf(id: ActionId): string {
  return verbs[id] ?? id;
}

const verbs: Partial<Record<ActionId, string>> = { "promote:check": "promote", "health:unsilence": "health:silence" };

/** The command of an action as one types it. */
export function commandOf<Id extends ActionId>(id: Id, parameters: ParametersOf<Id>): string {
  const flags = (actions[id].flags as (given: ParametersOf<Id>) => string[])(parameters);
  return ["pnpm", verbOf(id), ...flags].map(quoted).join(" ");
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export interface In {
  readonly environment: string;
}
interface InService extends In {
  readonly service: string;
}
interface InCheck extends In {
  readonly check: string;
}
interface InWorkflow extends In {
  readonly workflow: string;
}
interface Promotion extends In {
  readonly from?: string | undefined;
}
interface RollbackTo extends In {
  readonly tag: string;
  readonly withData?: boolean | undefined;
}
interface Backup extends In {
  readonly verify?: boolean | undefined;
}
interface Silence extends InCheck {
  /** `30m`, `12h`, `7d` */
  readonly length: string;
  readonly why: string;
}
interface Accept extends In {
  /** Names of proposals; undefined: all. */
  readonly only?: readonly string[] | undefined;
}
interface Copy extends In {
  /** Go on with one that was cut off. */
  readonly resume?: boolean | undefined;
}
interface MigrateUp extends In {
  readonly resolve?: "theirs" | "ours" | undefined;
}
interface Resolve extends In {
  readonly conflict: string;
  readonly take?: "theirs" | "ours" | "deleted" | undefined;
  readonly set?: Readonly<Record<string, string>> | undefined;
}
interface TeamPull extends In {
  readonly snapshot?: string | undefined;
}

function define<Parameters>(title: string, weight: Weight, flags: (parameters: Parameters) => string[]) {
  return { title, weight, flags };
}

function named(environment: string): string[] {
  return ["--environment", environment];
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

function on(name: string, value: boolean | undefined): string[] {
  return value ? [name] : [];
}

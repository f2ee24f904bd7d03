import { type Log, UserError } from "@understudy/core";
import { type DesiredStack, deployOf } from "@understudy/environment";
import { credentialKey } from "../content/credentials.ts";
import { type N8nSide, requireLock } from "../database/open.ts";
import { stubCredential } from "../database/stub-credential.ts";
import { inTransaction } from "../database/transaction.ts";
import { diffContent } from "../diff/diff.ts";
import { diffText } from "../diff/show.ts";
import type { MigrationFile } from "../file/folder.ts";
import type { Migration } from "../file/migration.ts";
import { conflictInWords, conflictNext, stepLine } from "../plan/describe.ts";
import type { Problem } from "../plan/pending.ts";
import type { Step } from "../plan/plan-steps.ts";
import { publishPending } from "../publish/publish.ts";
import { type ApplyOptions, applySteps, rehearseSteps } from "./apply.ts";
import { holdBack } from "./hold-back.ts";
import { isChange, type Look, look } from "./look.ts";
import { mayBeLive, onlyNamed } from "./may-be-live.ts";
import type { ConflictReport, MigrateReport } from "./report.ts";

/**
 * `strict`: all of it or, where anything is in the way, nothing. `tolerant`: what is in the way is kept and told, the rest is applied.
 * `rehearse`: strict, and taken back. `plan`: only look.
 */
export type Manner = "strict" | "tolerant" | "rehearse" | "plan";

export interface MigrateOptions {
  readonly manner: Manner;
  /** Whose counts in a conflict. */
  readonly resolve: "theirs" | "ours" | "stop";
  /** Name, or its beginning, of the last one to apply. */
  readonly to: string | undefined;
  readonly outOfOrder: boolean;
  /** Make empty credentials where one is missing. */
  readonly createStubs: boolean;
  /** Whether n8n is told to run what comes; otherwise that is noted for the next run. It is, unless told. */
  readonly publish?: boolean;
  /** Names of the workflows that alone may be switched on; as the environment has it unless told. */
  readonly mayBeLive?: readonly string[] | undefined;
  readonly say: (line: string) => void;
  readonly log: Log;
}

/** Bring an environment's workflows to what the files say, and let n8n run them. @throws UserError */
export async function migrate(
  side: N8nSide,
  files: readonly MigrationFile[],
  options: MigrateOptions,
): Promise<MigrateReport> {
  const { tables, stack } = side;
  const { manner, say, log } = options;
  const { name: environment } = stack.environment;
  const changes = manner === "strict" || manner === "tolerant";
  if (changes) await requireLock(side);
  const mayPublish = options.mayBeLive ? onlyNamed(options.mayBeLive) : mayBeLive(stack);
  const lookOptions = { ...options, environment, mayPublish, tolerant: manner === "tolerant" };
  let found = await look(tables, files, lookOptions);
  const conflicts = found.steps.some(({ action }) => action === "conflict");
  if (options.createStubs && changes && !conflicts && (await makeStubs(side, found, say))) {
    found = await look(tables, files, lookOptions);
  }
  for (const step of found.steps) say(`  ${stepLine(step)}`);
  const obstacles = [...obstaclesOf(found, options), ...(options.publish === false ? [] : keyObstacles(found, stack))];
  const isStopped = manner !== "tolerant" && (conflicts || obstacles.length > 0);
  const steps = isStopped ? [] : holdBack(found.steps, found.lacks);
  if (manner === "plan" || isStopped) return reportOf(environment, found, { steps, obstacles });
  const applyOptions: ApplyOptions = {
    checksums: new Map(files.map(({ name, checksum }) => [name, checksum])),
    tolerant: manner === "tolerant",
    onStep: ({ migration, action }) => log.info({ migration: migration.name, action }, "migration"),
  };
  if (manner === "rehearse") {
    await rehearseSteps(tables, steps, found, applyOptions);
    return reportOf(environment, found, { steps, obstacles });
  }
  const { applied, unchanged, failed } = await applySteps(tables, steps, found, applyOptions);
  const { published, failed: notPublished } =
    options.publish === false
      ? { published: [], failed: [] }
      : await publishPending({
          ...{ tables, credentials: found.credentials, say, log },
          api: () => side.api(),
          migration: migrationsBy(files),
        });
  log.info({ applied, unchanged, published, failed: notPublished }, "migrated");
  const done = applied.length + unchanged.length;
  return {
    ...reportOf(environment, found, { steps, obstacles }),
    ...{ applied, unchanged, published, pending: found.pending - done },
    problems: [
      ...obstacles,
      ...failed.map(({ error }) => ({ message: error.message, next: error.next ?? "" })),
      ...notPublished.map(({ workflow, why, next }) => ({
        message: `"${workflow}" runs what it ran before: ${why}`,
        next: next ?? "See pnpm logs n8n, and run it again",
      })),
    ],
  };
}

type Obstacle = MigrateReport["problems"][number];

/** Everything but conflicts that is in the way. */
function obstaclesOf({ problems, lacks }: Look, { outOfOrder, manner }: MigrateOptions): Obstacle[] {
  const isAccepted = ({ kind }: Problem) => kind === "out-of-order" && (outOfOrder || manner === "tolerant");
  return [...problems.filter((problem) => !isAccepted(problem)), ...lacks].map(({ message, next }) => ({
    message,
    next,
  }));
}

/** Without a key n8n cannot be told to run what comes: known before anything is written. */
function keyObstacles({ publishes }: Look, { environment, envFile }: DesiredStack): Obstacle[] {
  if (!publishes || envFile.values.N8N_API_KEY) return [];
  const message = `N8N_API_KEY is empty in .env.${environment.name}, and n8n has to be told to run what comes`;
  return [{ message, next: `Make one: ${deployOf(environment)}` }];
}

function reportOf(
  environment: string,
  { steps: all, pending, seen }: Look,
  { steps, obstacles }: { readonly steps: readonly Step[]; readonly obstacles: MigrateReport["problems"] },
): MigrateReport {
  return {
    applied: steps.filter(isChange).map(({ migration }) => migration.name),
    pending: pending - steps.length,
    conflicts: all.filter(({ action }) => action === "conflict").map((step) => conflictOf(step, seen)),
    environment,
    unchanged: steps.filter((step) => !isChange(step)).map(({ migration }) => migration.name),
    published: [],
    problems: obstacles,
  };
}

function conflictOf({ migration, conflict = "changed" }: Step, seen: Look["seen"]): ConflictReport {
  const { name, workflowId, content } = migration;
  const here = seen.get(workflowId)?.content;
  const diff = here ? diffText(diffContent(here, content)) : "it is not here any more";
  return { migration: name, workflow: content.name, workflowId, kind: conflict, diff };
}

/** One error for those who cannot go on with a report. */
export function refusal({ environment, conflicts, problems }: MigrateReport): UserError {
  const [conflict] = conflicts;
  const lines = [
    ...problems.map(({ message }) => message),
    ...conflicts.map(({ migration, workflow, kind }) => `${migration}: "${workflow}" ${conflictInWords(kind)}`),
  ];
  return new UserError(`Workflow migrations do not fit ${environment}: ${lines.join("; ")}`, {
    next: problems[0]?.next ?? (conflict ? conflictNext(conflict.kind) : ""),
  });
}

/** @returns whether any was made */
async function makeStubs({ tables, stack }: N8nSide, { lacks }: Look, say: (line: string) => void): Promise<boolean> {
  const missing = new Map(
    lacks.flatMap(({ credential }) => (credential ? [[credentialKey(credential), credential] as const] : [])),
  );
  if (missing.size === 0) return false;
  await inTransaction(tables.session, async () => {
    for (const credential of missing.values()) {
      await stubCredential(tables, credential, stack.envFile.values.N8N_ENCRYPTION_KEY ?? "");
      say(`  Made the empty credential "${credential.name}" (${credential.type}): fill it in, in n8n`);
    }
  });
  return true;
}

function migrationsBy(files: readonly MigrationFile[]): (name: string) => Migration | undefined {
  const byName = new Map(files.map((file) => [file.name, file]));
  return (name) => byName.get(name)?.parse();
}

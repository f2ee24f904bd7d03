import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, normalize, relative } from "node:path";
import { readFact, UserError, writeFileAtomic } from "@understudy/core";
import type { Target } from "../target.ts";

type Place = Pick<Target, "installation" | "environment">;

/** Facts that are true of the environment, whoever looks. The others are of one person or one machine: what was shown, when to keep quiet. */
const sharedFacts = [
  ...["release", "applied", "volumes", "promotion", "adopted", "adoption", "swap", "move"],
  ...["copy", "active-workflows", "workflow-migrations", "team-kept", "backup", "drill"],
];

/** Older rollback points stay where they were made. */
const pointsKept = 20;

/** How much of the journal goes along, characters. */
const journalKept = 512 * 1_024;

/** Everything that belongs into an environment's book, as this installation has it: text by path below `.understudy`. */
export function localFiles({ installation, environment }: Place): Record<string, string> {
  const { stateDir } = installation;
  const { name } = environment;
  const release = readFact<{ id: string }>(installation, name, "release")?.id;
  const points = environment.kind === "production" ? wholePoints(stateDir) : [];
  const paths = [
    ...[...sharedFacts.map((fact) => factPath(name, fact)), `restores/${name}.json`, `team/${name}-swap.json`],
    ...(release ? [`releases/${release}/release.json`, `receipts/${release}.json`] : []),
    ...[`deployed/${name}`, `backups/${name}`, ...points].flatMap((folder) => filesBelow(stateDir, folder)),
  ];
  const files = paths.filter((path) => existsSync(join(stateDir, path)));
  const journal = lastLines(join(stateDir, journalPath(name)));
  return {
    ...Object.fromEntries(files.map((path) => [path, readFileSync(join(stateDir, path), "utf8")])),
    ...(journal ? { [journalPath(name)]: journal } : {}),
  };
}

/**
 * Make this installation's files what the book says. What it does not name, and is of the environment as it is now, goes. A receipt that
 * is here stays: it was signed with the key that is here.
 * @throws UserError, before anything is written, when the book names a file that is none of its
 */
export function placeFiles({ installation, environment }: Place, files: Readonly<Record<string, string>>): void {
  const { stateDir } = installation;
  const { name } = environment;
  for (const path of Object.keys(files)) refuseForeign(path, name);
  const current = [
    ...sharedFacts.map((fact) => factPath(name, fact)),
    ...filesBelow(stateDir, `deployed/${name}`),
    ...[`restores/${name}.json`, `team/${name}-swap.json`],
  ];
  for (const [path, text] of inOrder(files, name)) {
    const file = join(stateDir, path);
    if (path.startsWith("receipts/") && existsSync(file)) continue;
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileAtomic(file, text);
  }
  for (const path of current) if (!(path in files)) rmSync(join(stateDir, path), { force: true });
}

/** The book comes from a host, which is not trusted with the files of whoever looks at it. */
function refuseForeign(path: string, environment: string): void {
  const own = [
    ...[`facts/${environment}/`, `deployed/${environment}/`, `backups/${environment}/`],
    ...["releases/", "receipts/", "points/", `restores/${environment}.json`, `team/${environment}-swap.json`],
    journalPath(environment),
  ];
  if (path === normalize(path) && own.some((one) => (one.endsWith("/") ? path.startsWith(one) : path === one))) return;
  throw new UserError(`What is noted of ${environment} on its host names a file that does not belong there: ${path}`, {
    next: "Find out who altered it, before anything is deployed there",
  });
}

export function journalPath(environment: string): string {
  return `journal/${environment}.jsonl`;
}

/** The facts come last: they are what the other files are found by. */
function inOrder(files: Readonly<Record<string, string>>, environment: string): [path: string, text: string][] {
  const isFact = (path: string) => Number(path.startsWith(`facts/${environment}/`));
  return Object.entries(files).sort(([a], [b]) => isFact(a) - isFact(b));
}

function factPath(environment: string, fact: string): string {
  return `facts/${environment}/${fact}.json`;
}

/** The newest rollback points that are whole: their message is written last. */
function wholePoints(stateDir: string): string[] {
  const folder = join(stateDir, "points");
  if (!existsSync(folder)) return [];
  const whole = readdirSync(folder).filter((tag) => existsSync(join(folder, tag, "message.txt")));
  return whole
    .sort()
    .slice(-pointsKept)
    .map((tag) => `points/${tag}`);
}

function filesBelow(stateDir: string, folder: string): string[] {
  const root = join(stateDir, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(stateDir, join(entry.parentPath, entry.name)));
}

function lastLines(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  return text.length <= journalKept ? text : text.slice(text.indexOf("\n", text.length - journalKept) + 1);
}

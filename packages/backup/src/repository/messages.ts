import { z } from "zod";

// What restic 0.18 prints with --json: https://restic.readthedocs.io/en/v0.18.0/075_scripting.html

/** What a run of restic stored. Sizes in bytes. */
export interface Stored {
  readonly snapshot: string;
  /** What was read. */
  readonly bytes: number;
  /** What the repository grew by, compressed. */
  readonly added: number;
}

/** Something stored. */
export interface Snapshot {
  readonly id: string;
  readonly time: Date;
  readonly tags: readonly string[];
  readonly paths: readonly string[];
  /** Of what was read, bytes. */
  readonly bytes: number;
}

/** What restic said on standard error. */
export interface Said {
  /** Why it ended, and with which code; none when it was not its own end. */
  readonly exit?: { readonly code: number; readonly message: string };
  /** What went wrong on the way, with the path that it is about. */
  readonly errors: readonly string[];
  /** Whatever else was there: words of the programs that it started, warnings. */
  readonly text: readonly string[];
}

/** How far restic is, in bytes and seconds; nothing is known of the total when it reads what a program prints. */
export interface Status {
  readonly done: number;
  readonly total: number;
  readonly elapsed: number;
}

const status = z.object({
  message_type: z.literal("status"),
  seconds_elapsed: z.number().default(0),
  total_bytes: z.number().default(0),
  bytes_done: z.number().default(0),
  bytes_restored: z.number().default(0),
});

const summary = z.object({
  message_type: z.literal("summary"),
  snapshot_id: z.string(),
  total_bytes_processed: z.number(),
  data_added_packed: z.number(),
});

const snapshots = z.array(
  z.object({
    id: z.string(),
    time: z.coerce.date(),
    tags: z.array(z.string()).default([]),
    paths: z.array(z.string()),
    summary: z.object({ total_bytes_processed: z.number() }).optional(),
  }),
);

const exit = z.object({ message_type: z.literal("exit_error"), code: z.number(), message: z.string() });

const problem = z.object({
  message_type: z.literal("error"),
  message: z.string().optional(),
  error: z.object({ message: z.string() }).optional(),
  item: z.string().default(""),
});

const found = z.array(z.object({ path: z.string().optional(), snapshot: z.string().optional() }));

/** @returns nothing for a line that says something else. */
export function statusOf(line: string): Status | undefined {
  const { data } = status.safeParse(parse(line));
  return (
    data && { done: data.bytes_done + data.bytes_restored, total: data.total_bytes, elapsed: data.seconds_elapsed }
  );
}

/** What `restic backup` stored; nothing when it made no snapshot. */
export function storedOf(lines: readonly string[]): Stored | undefined {
  const { data } = summary.safeParse(parse(lines.at(-1) ?? ""));
  return data && { snapshot: data.snapshot_id, bytes: data.total_bytes_processed, added: data.data_added_packed };
}

/** What `restic snapshots` lists, oldest first. */
export function snapshotsOf(lines: readonly string[]): Snapshot[] {
  return snapshots
    .parse(parse(lines.join("\n")))
    .map(({ summary, ...snapshot }) => ({ ...snapshot, bytes: summary?.total_bytes_processed ?? 0 }))
    .sort((a, b) => a.time.getTime() - b.time.getTime());
}

/** Paths of files that `restic find --pack` found, with how many snapshots have them. */
export function pathsOf(lines: readonly string[]): Map<string, number> {
  const all = found.parse(parse(lines.join("\n")));
  const pairs = all.flatMap(({ path, snapshot }) => (path && snapshot ? [{ path, snapshot }] : []));
  const byPath = Map.groupBy(pairs, ({ path }) => path);
  return new Map([...byPath].map(([path, of]) => [path, new Set(of.map(({ snapshot }) => snapshot)).size]));
}

/** Bytes, as `restic prune` rounds them: it has no JSON. */
export function freedOf(lines: readonly string[]): number {
  const { number, unit = "" } =
    /^total prune: .* \/ (?<number>[\d.]+) (?<unit>\w+)$/m.exec(lines.join("\n"))?.groups ?? {};
  const power = ["B", "KiB", "MiB", "GiB", "TiB"].indexOf(unit);
  if (number === undefined || power < 0)
    throw new Error(`restic prune does not say what it freed: ${lines.join("; ")}`);
  return Math.round(Number(number) * 1_024 ** power);
}

/** Sort what came on standard error. Its beginning may be cut off. */
export function saidOf(stderr: string): Said {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const exits = lines.flatMap((line) => exit.safeParse(parse(line)).data ?? []);
  const errors = lines.flatMap((line) => {
    const { data } = problem.safeParse(parse(line));
    return data ? [[data.item, data.error?.message ?? data.message ?? ""].filter(Boolean).join(": ")] : [];
  });
  const [last] = exits.slice(-1);
  return {
    ...(last ? { exit: { code: last.code, message: last.message } } : {}),
    errors,
    text: lines.filter((line) => typeof parse(line) !== "object"),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

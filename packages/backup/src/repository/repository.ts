import { statusOf as httpStatusOf, messageOf } from "@understudy/core";
import type { VolumeBox } from "@understudy/data";
import { type BoxOptions, openBox, resticCommand } from "./box.ts";
import { damageOf } from "./damage.ts";
import { codes, failureOf } from "./failure.ts";
import { freedOf, type Snapshot, type Stored, snapshotsOf, storedOf } from "./messages.ts";
import { type Input, type Report, Restic, strict, type TakingScript } from "./restic.ts";

export type { Snapshot, Stored } from "./messages.ts";
export type { Report } from "./restic.ts";

export interface RepositoryOptions extends BoxOptions {
  /** Hears of what is wrong and stops nothing: a snapshot that cannot be read any more. */
  readonly warn: (line: string) => void;
}

interface Storing {
  readonly tags: readonly string[];
  readonly report?: Report;
}

type StoredScript = Omit<TakingScript, "snapshot" | "input"> & { readonly input?: Input };

interface StoredFolders {
  /** In the box: see `mounts`. */
  readonly paths: readonly string[];
  /** Others write: what is gone or cannot be read when its turn comes is left out, and no failure. */
  readonly live?: boolean;
}

interface RestoredFolders {
  readonly snapshot: string;
  readonly paths: readonly string[];
  readonly report?: Report;
}

/** How long a repository may take to be opened, s: restic itself tries for a quarter of an hour. */
const openLimit = 30;

/**
 * Where an environment's backups are stored: encrypted, and once whatever was stored before. Everything streams.
 * Every method throws a UserError that says in words what is wrong with the repository.
 */
export class Repository implements AsyncDisposable {
  readonly #box: VolumeBox;
  readonly #restic: Restic;
  readonly #options: RepositoryOptions;

  private constructor(box: VolumeBox, options: RepositoryOptions) {
    this.#box = box;
    this.#restic = new Restic(box, resticCommand(options.location), options.location.where);
    this.#options = options;
  }

  /** Open it; make it where there is none. */
  static async open(options: RepositoryOptions): Promise<Repository> {
    await using opening = new AsyncDisposableStack();
    const repository = new Repository(opening.use(await openBox(options, true)), options);
    if (!(await repository.#isThere())) await repository.#restic.run(["init"]);
    opening.move();
    return repository;
  }

  /** Open it; nothing where there is none. */
  static async openExisting(options: RepositoryOptions): Promise<Repository | undefined> {
    await using opening = new AsyncDisposableStack();
    const box = await openBox(options, false).catch(unlessFolderMissing);
    if (!box) return undefined;
    const repository = new Repository(opening.use(box), options);
    if (!(await repository.#isThere())) return undefined;
    opening.move();
    return repository;
  }

  /** Store what a bash script prints, as a file; no snapshot stands when it fails, or prints nothing. */
  async storeOutput({ name, tags, report, script, args = [], input }: Storing & StoredScript): Promise<Stored> {
    const command = ["bash", "-c", strict(script), "bash", ...args];
    const source = ["--stdin-filename", name, "--stdin-from-command", "--", ...command];
    return this.#store(tags, source, { input, report });
  }

  /** Store a text as a file. */
  async storeText({ content, ...file }: Storing & { name: string; content: string }): Promise<Stored> {
    return this.storeOutput({ ...file, script: "cat <&3", input: content });
  }

  /**
   * Store folders of the box as one snapshot. Where the same ones were stored before, only files that have changed since are read.
   */
  async storeFolders({ paths, tags, live = false, report }: Storing & StoredFolders): Promise<Stored> {
    // Restic only skips one that is not there.
    await this.#box.run(`for folder; do cd "$folder"; done`, paths);
    return this.#store(tags, ["--", ...paths], { report, live });
  }

  /** Store bytes as a file, as they come. */
  async storeBytes({ content, ...file }: Storing & { name: string; content: AsyncIterable<Buffer> }): Promise<Stored> {
    return this.storeOutput({ ...file, script: "cat <&3", input: content });
  }

  /** A stored file, as it comes. */
  read(snapshot: string, name: string): AsyncIterable<Buffer> {
    return this.#restic.read(snapshot, name);
  }

  /** What is stored, oldest first. @param tags that it must all carry. */
  async list(tags: readonly string[] = []): Promise<Snapshot[]> {
    const filter = tags.length ? ["--tag", tags.join(",")] : [];
    const { lines, said } = await this.#restic.run(["snapshots", "--no-lock", ...filter]);
    for (const line of said.text) this.#options.warn(`${this.#options.location.where}: ${line}`);
    return snapshotsOf(lines);
  }

  /** A stored file, whole in memory. */
  async readText(snapshot: string, name: string): Promise<string> {
    return this.pipe({ snapshot, name, script: "cat" });
  }

  /**
   * Give a stored file to a bash script, as its standard input. @returns what the script printed.
   * It throws when either end fails; the script may have worked on half of it by then.
   */
  async pipe(options: TakingScript): Promise<string> {
    return this.#restic.dump(options);
  }

  /**
   * Restore folders where they were stored: afterwards they hold exactly what they held, and what else was in them is gone.
   * Verified by reading all of it again. Can be repeated.
   */
  async restoreFolders({ snapshot, paths, report }: RestoredFolders): Promise<void> {
    const included = paths.flatMap((path) => ["--include", path.replaceAll(/[\\*?[\]]/g, "\\$&")]);
    const exactly = ["--target", "/", "--delete", "--sparse", "--verify"];
    await this.#restic.run(["restore", snapshot, ...exactly, ...included], { report });
  }

  /** Forget snapshots; those that are gone already are no failure. */
  async forget(snapshots: readonly string[]): Promise<void> {
    if (snapshots.length) await this.#restic.run(["forget", ...snapshots]);
  }

  /** Free what forgotten snapshots took. @returns bytes, rounded. */
  async prune(): Promise<{ readonly freed: number }> {
    const { lines } = await this.#restic.run(["prune"]);
    return { freed: freedOf(lines) };
  }

  /**
   * Look for damage. @param readData in every byte that is stored; else in what says where things are, and whether they are there.
   * @throws UserError naming what is hit.
   */
  async check({ readData = false }: { readonly readData?: boolean } = {}): Promise<void> {
    const all = readData ? ["--read-data"] : [];
    const ended = await this.#restic.run(["check", ...all], { accept: [codes.done, codes.failed] });
    if (ended.code !== codes.done) throw await damageOf(this.#restic, this.#options.location.where, ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#box[Symbol.asyncDispose]();
  }

  /** Prove that the key opens it, and remove the locks of runs that were killed. */
  async #isThere(): Promise<boolean> {
    const accept = [codes.done, codes.noRepository];
    const { code } = await this.#restic.run(["unlock"], { accept, limit: openLimit });
    return code === codes.done;
  }

  /** A snapshot that lacks something does not stay. */
  async #store(
    tags: readonly string[],
    source: readonly string[],
    { live = false, ...options }: { input?: Input | undefined; report?: Report | undefined; live?: boolean },
  ): Promise<Stored> {
    const { stackName, location } = this.#options;
    const marks = ["--host", stackName, ...tags.flatMap((tag) => ["--tag", tag])];
    const accept = [codes.done, codes.incomplete];
    const ended = await this.#restic.run(["backup", ...marks, ...source], { ...options, accept });
    const stored = storedOf(ended.lines);
    if (stored && (live || ended.code === codes.done)) return stored;
    if (stored) await this.forget([stored.snapshot]);
    throw failureOf(location.where, ended);
  }
}

/** The engine does not make the folder of a mount. */
function unlessFolderMissing(error: unknown): undefined {
  if (httpStatusOf(error) === 400 && /bind source path does not exist/.test(messageOf(error))) return undefined;
  throw error;
}

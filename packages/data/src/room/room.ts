import { bytesInWords, type ContainerInspectInfo, exec, UserError } from "@understudy/core";
import { serviceContainer } from "../servers/service-container.ts";
import type { Side } from "../side.ts";

/** What a look at the room of a managed server is told as. */
export function unseenRoom({ server }: Pick<Side, "server">): string | undefined {
  return server.managed && `the room at ${server.managed} cannot be seen from here`;
}

/** Rows with their indexes, and the log that the server writes beside them, by the rows alone. */
const perByte = 2.5;

/** A server that cannot write its log stops for everybody: so much is left to it, bytes. */
const reserve = 512 * 1_024 * 1_024;

/** ms. */
const interval = 3_000;

/** What is loaded beside live data. */
export interface Guest {
  /** For people: `copy`. */
  readonly what: string;
  /** Its rows are on the Docker host too where somebody else runs Postgres. */
  readonly onHost?: boolean;
  /** What to do when there is no room for it, and when there is none left while it is loaded. */
  readonly next: { readonly before: string; readonly meanwhile: string };
}

/**
 * What a managed server has room for is not seen: there, only what comes to the Docker host counts.
 * @param size bytes of its rows, and of its files on the same disk
 * @throws UserError when the disk of an environment's Postgres has no room for it.
 */
export async function refuseWithoutRoom(
  side: Side,
  size: { readonly rows: number; readonly files: number },
  { what, next, onHost = false }: Guest,
): Promise<void> {
  const rows = side.server.managed && !onHost ? 0 : size.rows;
  const needed = rows * perByte + size.files + reserve;
  const free = await freeSpace(side, await postgresOf(side));
  if (free === undefined || free >= needed) return;
  throw new UserError(
    `There is no room for a ${what} beside ${side.stack.environment.name}'s data: about ${bytesInWords(needed)} are needed, ${bytesInWords(free)} are free`,
    { next: next.before },
  );
}

/** Ends what is loaded before it fills the disk of an environment's Postgres: tables grow otherwise than was guessed, and others write there too. */
export class RoomGuard implements Disposable {
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #side: Side;
  readonly #guest: Guest;
  /** It is the same all the while. */
  #postgres: ContainerInspectInfo | undefined;

  constructor(side: Side, guest: Guest) {
    this.#side = side;
    this.#guest = guest;
    this.#timer = setInterval(() => void this.#look(), interval).unref();
  }

  /** Aborted with the reason, a UserError. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Load it. @param end ends the loading, which then throws @throws the reason when there was no more room, else what the loading throws */
  async watch<Result>(load: () => Promise<Result>, end: () => Promise<unknown>): Promise<Result> {
    this.signal.throwIfAborted();
    let ended: Promise<unknown> = Promise.resolve();
    this.signal.addEventListener("abort", () => {
      ended = end();
    });
    try {
      return await load();
    } catch (error) {
      await ended;
      throw this.signal.aborted ? this.signal.reason : error;
    }
  }

  async #look(): Promise<void> {
    // A host that does not answer now is the loading's own trouble.
    const free = await this.#freeSpace().catch(() => undefined);
    if (free === undefined || free >= reserve || this.signal.aborted) return;
    const { what, next } = this.#guest;
    const { name } = this.#side.stack.environment;
    this.#stop.abort(
      new UserError(`The disk of ${name} is nearly full: ${bytesInWords(free)} are left, so the ${what} was ended`, {
        next: next.meanwhile,
      }),
    );
  }

  async #freeSpace(): Promise<number | undefined> {
    this.#postgres ??= await postgresOf(this.#side);
    return await freeSpace(this.#side, this.#postgres);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** On the disk that an environment's Postgres writes to, bytes; undefined where it does not tell. */
async function freeSpace({ engine }: Side, postgres: ContainerInspectInfo | undefined): Promise<number | undefined> {
  if (!postgres) return undefined;
  const folder = postgres.Config.Env.find((variable) => variable.startsWith("PGDATA="))?.slice("PGDATA=".length) ?? "/";
  const { exitCode, stdout } = await exec(engine, postgres.Id, ["df", "--output=avail", "-B1", folder]);
  return exitCode === 0 ? Number(stdout.trim().split("\n").at(-1)) : undefined;
}

function postgresOf({ engine, stack }: Side): Promise<ContainerInspectInfo | undefined> {
  return serviceContainer(engine, stack, "postgres");
}

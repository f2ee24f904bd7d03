import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";
import { type ConnectOptions, connect } from "@understudy/postgres";
import { type Server, startServer } from "../../../postgres/test/support/server.ts";
import { Book } from "../../src/book/book.ts";
import type { Session } from "../../src/types.ts";

const cli = join(import.meta.dirname, "../../src/cli");
/** As the scripts of package.json start every verb. */
const quickly = ["--import", join(import.meta.dirname, "../../../core/src/cli/quick-start.mjs")];

/** One of two servers: an installation of its own, its agent, its database on a Postgres server of its own. */
export class TestServer implements AsyncDisposable {
  readonly name: string;
  readonly root: string;
  readonly port: number;
  /** How the test logs in to its database. */
  readonly postgres: ConnectOptions;
  /** Variables of its processes, which a test may change before they start. */
  readonly environment: Record<string, string> = {};
  readonly #place: Place;
  #agent: ChildProcess | undefined;

  private constructor(name: string, root: string, port: number, postgres: ConnectOptions, place: Place) {
    this.name = name;
    this.root = root;
    this.port = port;
    this.postgres = postgres;
    this.#place = place;
  }

  /** @param settings lines below `peers:` of understudy.yml */
  static async make(
    name: string,
    postgres: ConnectOptions,
    settings: readonly string[] = [],
    place: Place = {},
  ): Promise<TestServer> {
    const root = mkdtempSync(join(tmpdir(), "peers-"));
    const server = new TestServer(name, root, await freePort(), postgres, place);
    if (place.certified) certify(root, server.#host);
    server.set(settings);
    return server;
  }

  get url(): string {
    return `http${this.#place.certified ? "s" : ""}://${this.#host}:${this.port}`;
  }

  /** Of the certificate that its agent shows. */
  get fingerprint(): string | null {
    if (!this.#place.certified) return null;
    return new X509Certificate(readFileSync(join(this.root, "agent.pem"))).fingerprint256;
  }

  get #host(): string {
    return this.#place.address ?? "127.0.0.1";
  }

  /** Where its chunks lie. */
  get chunks(): string {
    return join(this.root, ".understudy/peers/production/chunks");
  }

  set(settings: readonly string[]): void {
    mkdirSync(this.root, { recursive: true });
    const lines = [
      ...[`serverName: ${this.name}`, `agentOn: ${this.#host}:${this.port}`],
      ...(settings.some((line) => line.startsWith("patienceMinutes")) ? [] : ["patienceMinutes: 0.5"]),
      ...(this.#place.certified ? ["certificate: agent.pem", "certificateKey: agent.key"] : []),
      ...settings,
    ];
    writeFileSync(join(this.root, "understudy.yml"), `peers:\n${lines.map((line) => `  ${line}\n`).join("")}`);
  }

  get agent(): ChildProcess | undefined {
    return this.#agent;
  }

  async start(): Promise<void> {
    const [program, ...words] = this.command("peers-serve");
    const agent = spawn(program, words, { env: this.#env(), stdio: ["ignore", "pipe", "inherit"] });
    this.#agent = agent;
    const lines = createInterface({ input: agent.stdout as NodeJS.ReadableStream });
    await new Promise<void>((resolve, reject) => {
      lines.once("line", () => resolve());
      agent.once("exit", (code) => reject(new Error(`the agent ended with ${code}`)));
    });
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const agent = this.#agent;
    if (!agent || agent.exitCode !== null || agent.signalCode !== null) return;
    const ended = new Promise((resolve) => agent.once("exit", resolve));
    agent.kill(signal);
    await ended;
  }

  /** Run a verb to its end. Returns what it printed, and how it ended. */
  async verb(name: string, ...flags: string[]): Promise<{ code: number; out: string; error: string }> {
    return await new Promise((resolve) => {
      const [program, ...words] = this.command(name, ...flags);
      execFile(program, words, { env: this.#env(), maxBuffer: 64_000_000 }, (error, out, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, error: stderr }),
      );
    });
  }

  /** Run a verb with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: what each verb prints is told by its own test
  async json(name: string, ...flags: string[]): Promise<any> {
    const { out, error } = await this.verb(name, ...flags, "--json");
    if (!out) throw new Error(`${name} printed nothing: ${error}`);
    return JSON.parse(out);
  }

  /** Begin a verb, to be killed. */
  begin(name: string, ...flags: string[]): ChildProcess {
    const [program, ...words] = this.command(name, ...flags);
    return spawn(program, words, { env: this.#env(), stdio: "ignore" });
  }

  /** The words that run a verb, of this package or by its file, where this server is. */
  command(name: string, ...flags: string[]): [program: string, ...words: string[]] {
    const [program = process.execPath, ...words] = [...(this.#place.within ?? []), process.execPath];
    const file = isAbsolute(name) ? name : join(cli, `${name}.ts`);
    return [program, ...words, ...quickly, file, "--production", ...flags];
  }

  sessions(): Session[] {
    using book = this.book();
    return book.sessions.list();
  }

  book(): Book {
    return Book.open(join(this.root, ".understudy/peers/production/book.db"));
  }

  async query<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    await using session = await connect({ ...this.postgres, timeout: 120_000 });
    return await session.query<R>(text, values);
  }

  async run(...statements: readonly string[]): Promise<void> {
    await using session = await connect({ ...this.postgres, timeout: 300_000 });
    for (const statement of statements) await session.query(statement);
  }

  /** Its rows, whatever their order, of one table. */
  async rowsOf(table: string): Promise<string[]> {
    const rows = await this.query<{ row: string }>(`SELECT t::text AS row FROM ${table} AS t ORDER BY 1`);
    return rows.map(({ row }) => row);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.root, { recursive: true, force: true });
  }

  #env(): NodeJS.ProcessEnv {
    const { user, password, host, port, database } = this.postgres;
    return {
      ...process.env,
      UNDERSTUDY_ROOT: this.root,
      PEERS_DATABASE_URL: `postgres://${user}:${password}@${this.#place.databaseHost ?? host}:${port}/${database}`,
      PEERS_ADMIN_TOKEN: "admin-token-of-the-tests",
      ...this.environment,
    };
  }
}

/** Where a server is, when it is not simply here. */
export interface Place {
  /** The words that run a command there, such as those of nsenter(1). */
  readonly within?: readonly string[];
  /** Under which its agent listens. */
  readonly address?: string;
  /** As its own processes reach its database. */
  readonly databaseHost?: string;
  /** Its agent speaks HTTPS, by a certificate of its own. */
  readonly certified?: boolean;
}

/** As docs/full-sync.md has it. */
function certify(root: string, host: string): void {
  const files = ["-keyout", join(root, "agent.key"), "-out", join(root, "agent.pem")];
  const key = ["-newkey", "rsa:2048", "-nodes", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", ...key, "-subj", `/CN=${host}`, ...files], { stdio: "ignore" });
  chmodSync(join(root, "agent.key"), 0o600);
}

/** Two Postgres servers, on each of which as many databases as a test wants. */
export interface Machines extends AsyncDisposable {
  readonly left: Server;
  readonly right: Server;
  /** Two servers that know each other, whose agents run. */
  pair(options?: PairOptions): Promise<Pair>;
}

export interface PairOptions {
  readonly a?: readonly string[];
  readonly b?: readonly string[];
  readonly certified?: boolean;
  /** They become peers by peers:token and peers:add, which takes two seconds; else it is written into their books. */
  readonly byVerbs?: boolean;
}

export interface Pair extends AsyncDisposable {
  readonly a: TestServer;
  readonly b: TestServer;
}

export async function startMachines(): Promise<Machines> {
  const [left, right] = await Promise.all([startServer("max_connections=100"), startServer("max_connections=100")]);
  let made = 0;
  return {
    left,
    right,
    async pair({ a: ofA = [], b: ofB = [], certified = false, byVerbs = false } = {}) {
      const database = `peers_${++made}`;
      await Promise.all([
        left.run("postgres", `CREATE DATABASE ${database}`),
        right.run("postgres", `CREATE DATABASE ${database}`),
      ]);
      const a = await TestServer.make("Server A", { ...left.options, database }, ofA, { certified });
      const b = await TestServer.make("Server B", { ...right.options, database }, ofB, { certified });
      return await (byVerbs ? introduce(a, b) : acquaint(a, b));
    },
    async [Symbol.asyncDispose]() {
      await left[Symbol.asyncDispose]();
      await right[Symbol.asyncDispose]();
    },
  };
}

/** Start the agents of two servers, and make them peers as people do. */
export async function introduce(a: TestServer, b: TestServer): Promise<Pair> {
  return await running(a, b, async () => {
    const { token } = await b.json("peers-token");
    const added = await a.json("peers-add", b.url, "--token", token);
    if (added.error) throw new Error(added.error.message);
  });
}

/** The same without verbs. */
async function acquaint(a: TestServer, b: TestServer): Promise<Pair> {
  {
    using ofA = a.book();
    using ofB = b.book();
    const tell = (book: Book, { name, url, fingerprint }: TestServer, theirs: Book) => {
      const token = theirs.peers.issueToken("of the test", 86_400_000, book.nodeId);
      book.peers.put({ nodeId: theirs.nodeId, name, url, kind: "production", fingerprint, token });
    };
    tell(ofA, b, ofB);
    tell(ofB, a, ofA);
  }
  return await running(a, b, async () => {});
}

async function running(a: TestServer, b: TestServer, meet: () => Promise<void>): Promise<Pair> {
  const end = async () => {
    await a[Symbol.asyncDispose]();
    await b[Symbol.asyncDispose]();
  };
  try {
    await Promise.all([a.start(), b.start()]);
    await meet();
    return { a, b, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

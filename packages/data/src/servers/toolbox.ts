import { amongContainers, type Engine, exec, messageOf, startAttached, UserError } from "@understudy/core";
import { toolboxOn } from "@understudy/environment";

/** How a session or a database tool logs in. */
export interface ToolLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Database tools of the server's own version, run beside the server, in a container that ends with us. */
export class Toolbox implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #container: string;

  private constructor(engine: Engine, container: string) {
    this.#engine = engine;
    this.#container = container;
  }

  static async open(engine: Engine): Promise<Toolbox> {
    const { id, stream } = await startAttached(engine, {
      Image: await toolboxOn(engine),
      Cmd: ["cat"],
      HostConfig: { NetworkMode: amongContainers, Memory: 1_073_741_824 },
    });
    stream.on("error", () => {}).resume();
    return new Toolbox(engine, id);
  }

  /**
   * Run a tool, logged in. `input` comes after the password.
   * @returns what it printed. @throws UserError in the words of the tool that failed.
   */
  async run(login: ToolLogin, command: readonly string[], input = ""): Promise<string> {
    const { script, args, beginning } = loggedIn(login, command);
    const { exitCode, stdout, stderr } = await exec(
      this.#engine,
      this.#container,
      ["bash", "-c", `set -o pipefail; ${script}`, "bash", ...args],
      { stdin: beginning + input, keep: 256 * 1_024 * 1_024 },
    );
    if (exitCode === 0) return stdout;
    throw new UserError(failureOf(command[0] ?? "", stderr));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#engine.docker.getContainer(this.#container).remove({ force: true });
    } catch (error) {
      // It ends with our input anyway.
      if (!/no such container|already in progress|connection/i.test(messageOf(error))) throw error;
    }
  }
}

/**
 * A bash script that runs a database tool, logged in by PGHOST, PGPORT, PGUSER and PGPASSWORD. The password goes in by standard input,
 * ahead of what the tool reads there: arguments and variables of a process are seen by others.
 */
export function loggedIn({ host, port, user, password }: ToolLogin, command: readonly string[]) {
  return {
    script: 'IFS= read -r PGPASSWORD; export PGPASSWORD PGHOST="$1" PGPORT="$2" PGUSER="$3"; shift 3; exec "$@"',
    args: [host, String(port), user, ...command],
    /** Of its standard input. */
    beginning: `${password}\n`,
  };
}

/** Tools of Postgres begin what is wrong with their name; in a script, that says which of them failed. The first error is the cause of the others. */
export function failureOf(command: string, said: string): string {
  const { tool = command, words = lastLines(said) } =
    /^(?<tool>pg_\w+|psql): (?:error|fatal): (?<words>.+)$/im.exec(said)?.groups ?? {};
  return `${tool} failed: ${words}`;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join("; ") || "it said nothing";
}

import { connectEngine, type Engine, exec } from "@understudy/core";
import { createInstallation, type TestInstallation } from "../../../deploy/test/support/installation.ts";

export type EnvironmentName = "production" | "staging";
type Offsets = Readonly<Record<EnvironmentName, number>>;

/** A production and a staging of one installation on this machine, and how tests reach into them: past the product. */
export class Stage implements AsyncDisposable {
  readonly installation: TestInstallation;
  readonly engine: Engine;
  readonly #offsets: Offsets;

  private constructor(installation: TestInstallation, engine: Engine, offsets: Offsets) {
    this.installation = installation;
    this.engine = engine;
    this.#offsets = offsets;
  }

  /** @param offsets added to every port, which then are below those that the kernel gives to clients; both stacks have the profile laptop. */
  static async open(offsets: Offsets): Promise<Stage> {
    const environment = (name: EnvironmentName) =>
      `  ${name}: { kind: ${name}, profile: laptop, portOffset: ${offsets[name]}, bind: 127.0.0.1 }\n`;
    const settings = `environments:\n${environment("staging")}${environment("production")}`;
    return new Stage(createInstallation(settings), await connectEngine("local"), offsets);
  }

  async deploy(): Promise<void> {
    await this.installation.json("deploy:production", "--env", "laptop");
    await this.installation.json("deploy:staging", "--env", "laptop");
  }

  container(environment: EnvironmentName, service: string): string {
    return `${this.installation.project}-${environment}-${service}`;
  }

  /** Where a service answers on this machine. */
  url(environment: EnvironmentName, port: number): string {
    return `http://127.0.0.1:${port + this.#offsets[environment]}`;
  }

  /** Run SQL with psql, beside the server. @returns what it printed: rows without headings, columns with | between them. */
  async sql(environment: EnvironmentName, database: string, script: string): Promise<string> {
    const command = ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-f", "-"];
    return (await this.exec(environment, "postgres", command, script)).trim();
  }

  /** Run Cypher beside the server. @returns what it printed, with a line of headings. */
  async cypher(environment: EnvironmentName, script: string): Promise<string> {
    const { NEO4J_PASSWORD = "" } = this.installation.env(environment);
    const command = ["cypher-shell", "-u", "neo4j", "-p", NEO4J_PASSWORD, "--format", "plain"];
    return await this.exec(environment, "neo4j", command, script);
  }

  /** Put a file into a container. */
  async put(environment: EnvironmentName, service: string, path: string, text: string): Promise<void> {
    const script = 'mkdir -p "$(dirname "$1")" && cat > "$1"';
    await this.exec(environment, service, ["sh", "-c", script, "sh", path], text);
  }

  async exec(environment: EnvironmentName, service: string, command: readonly string[], stdin = ""): Promise<string> {
    const container = this.container(environment, service);
    const { exitCode, stdout, stderr } = await exec(this.engine, container, command, { stdin, keep: 1_000_000_000 });
    if (exitCode !== 0) throw new Error(`${command[0]} in ${container} ended with ${exitCode}: ${stderr}${stdout}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    await this.engine.close();
  }
}

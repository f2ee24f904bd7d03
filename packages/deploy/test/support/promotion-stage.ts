import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { connectEngine, type Engine, exec, sourceRoot } from "@understudy/core";
import { builtName } from "@understudy/images";
import { createInstallation, type TestInstallation } from "./installation.ts";
import { here, type Kind, type PromotionPlace } from "./promotion-place.ts";
import { edit } from "./tiny-stack.ts";

const ports = { app: 8_000, page: 8_001 } as const;

const compose = "compose/docker-compose.yml";
const templates = new URL(".", import.meta.url);

/** What a release answers: its image's version and its setting. */
export const answers = { first: "1 one", second: "2 two" } as const;

/** An installation in git with a production and a staging of one small stack, and how tests reach into them: past the product. */
export class PromotionStage implements AsyncDisposable {
  readonly installation: TestInstallation;
  readonly engine: Engine;
  readonly #offsets: Readonly<Record<Kind, number>>;
  readonly #place: PromotionPlace;
  /** What their names begin with. */
  readonly #stacks: Readonly<Record<Kind, string>>;

  private constructor(
    installation: TestInstallation,
    engine: Engine,
    offsets: Readonly<Record<Kind, number>>,
    { production, place }: { readonly production: string; readonly place: PromotionPlace },
  ) {
    this.installation = installation;
    this.engine = engine;
    this.#offsets = offsets;
    this.#place = place;
    const { project } = installation;
    this.#stacks = { production: `${project}-${production}`, staging: `${project}-staging` };
  }

  /** Both run the first release; the second is committed, and proven in staging. */
  static async open(place: PromotionPlace = here): Promise<PromotionStage> {
    const install = async (stage: PromotionStage) => {
      await place.prepare(stage.installation);
      const proven = place.has.includes("staging") ? [2] : [];
      place.receive([1, ...proven].map((version) => `${stage.installation.project}/app:${version}`));
      await stage.installation.json("deploy:production", "--env", "laptop");
      await stage.deploySecondRelease();
    };
    return await PromotionStage.prepare(install, { place });
  }

  /**
   * The first release is committed, and installed by somebody else.
   * @param production what its names end with
   */
  static async prepare(
    install: (stage: PromotionStage) => Promise<void>,
    { production = "production", place = here }: { production?: string; place?: PromotionPlace } = {},
  ): Promise<PromotionStage> {
    const offsets = await freeOffsets();
    const installation = createInstallation(settings(offsets, place));
    const stage = new PromotionStage(installation, await connectEngine("local"), offsets, { production, place });
    try {
      await stage.#write();
      stage.git("init", "--quiet");
      stage.commit("first");
      await install(stage);
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Staging runs the second release, which is committed. */
  async deploySecondRelease(): Promise<void> {
    this.writeSecondRelease();
    await this.installation.json("deploy:staging", "--env", "laptop");
  }

  /** Another image, another setting, and variables by which production alone can be made to fail with it. */
  writeSecondRelease(): void {
    edit(this.installation, compose, `${this.installation.project}/app:1`, `${this.installation.project}/app:2`);
    edit(this.installation, compose, "GREETING: one", "GREETING: two\n    MISBEHAVE: ${MISBEHAVE:-}");
    edit(this.installation, compose, "[node, /service.mjs]", '["${PROGRAM:-node}", /service.mjs]');
    this.commit("second");
  }

  /** Copy production's data to staging, run the checks there, and sign. */
  async prove(): Promise<void> {
    await this.installation.json("sync:production", "--only", "postgres", "--yes");
    await this.installation.json("promote", "--check");
  }

  git(...args: string[]): string {
    return execFileSync("git", ["-C", this.installation.root, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  }

  /** @returns the commit */
  commit(message: string): string {
    this.git("add", ".");
    this.git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  /** Where a service answers, through the edge. */
  url(service: keyof typeof ports, kind: Kind = "production"): URL {
    const address = this.#placeOf(kind).addressOf(service);
    return new URL(`http://${address}:${ports[service] + this.#offsets[kind]}/`);
  }

  /** What both services of production answer. @throws when that is not one thing */
  async serves(): Promise<string> {
    const [app, page] = await Promise.all([this.#ask("app"), this.#ask("page")]);
    if (app.version === page.version && app.status === 200) return app.version;
    throw new Error(`app answers ${app.status} ${app.version}, page answers ${page.status} ${page.version}`);
  }

  /** Have production write something down, as one of its clients. */
  async note(text: string): Promise<void> {
    const { status, version } = await this.#ask("app", text);
    if (status !== 200) throw new Error(`HTTP ${status}: ${version}`);
  }

  /** What production has written down. */
  async notes(): Promise<string[]> {
    const container = `${this.#stacks.production}-postgres`;
    const command = ["psql", "-qtAX", "-U", "postgres", "-d", "app", "-c", "SELECT note FROM notes ORDER BY id"];
    await using engine = await this.#engineOf("production");
    const { exitCode, stdout, stderr } = await exec(engine, container, command, { keep: 1_000_000_000 });
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.split("\n").filter(Boolean);
  }

  /** Id of the image that each service runs. */
  async images(kind: Kind): Promise<Record<string, string>> {
    return Object.fromEntries((await this.#containers(kind)).map(({ service, image }) => [service, image]));
  }

  /** Id of the container that runs each service of production. */
  async containers(): Promise<Record<string, string>> {
    return Object.fromEntries((await this.#containers("production")).map(({ service, id }) => [service, id]));
  }

  /** What a run that is over has left behind on the engine. */
  async leftovers(): Promise<string[]> {
    const services = (await this.#containers("production")).map(({ service }) => service);
    return services.filter((service) => !/^(app|haproxy(-2)?|page|postgres)$/.test(service));
  }

  /** Names of the steps in production's journal, from a line on. */
  steps(from = 0): string[] {
    return this.installation.steps("production", from);
  }

  /** How far production's data is exchanged, by a run that began after so many lines of the journal: `data proving`. */
  exchange(from: number): string | undefined {
    const file = join(this.installation.root, ".understudy/restores/production.json");
    if (!this.steps(from).includes("swap") || !existsSync(file)) return undefined;
    return `data ${(JSON.parse(readFileSync(file, "utf8")) as { phase: string }).phase}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    for (const version of [1, 2]) {
      await this.engine.docker.getImage(`${this.installation.project}/app:${version}`).remove({ force: true });
    }
    await this.engine.close();
  }

  async #engineOf(kind: Kind): Promise<Engine> {
    return await this.#placeOf(kind).connect(this.#stacks[kind]);
  }

  /** Ask a service of production, where it is. */
  async #ask(service: keyof typeof ports, write?: string): Promise<{ status: number; version: string }> {
    return await this.#placeOf("production").ask(this.url(service), write);
  }

  #placeOf(kind: Kind): PromotionPlace {
    return this.#place.has.includes(kind) ? this.#place : here;
  }

  async #containers(kind: Kind): Promise<{ service: string; id: string; image: string }[]> {
    const prefix = `/${this.#stacks[kind]}-`;
    await using engine = await this.#engineOf(kind);
    const containers = await engine.docker.listContainers({ all: true });
    return containers.flatMap(({ Id, Names, ImageID }) => {
      const name = Names.find((one) => one.startsWith(prefix));
      return name ? [{ service: name.slice(prefix.length), id: Id, image: ImageID }] : [];
    });
  }

  async #write(): Promise<void> {
    const { root, project, write } = this.installation;
    for (const version of [1, 2]) {
      // Without the label it would pass for the image that it is made from.
      const recipe = `FROM ${await builtName("node")}\nENV VERSION=${version}\nLABEL understudy.recipe=""\n`;
      execFileSync("docker", ["build", "--quiet", "--tag", `${project}/app:${version}`, "-"], {
        input: recipe,
        stdio: "pipe",
      });
    }
    write(compose, template("promotion-compose.yml").replace("<PROJECT>", project));
    write("compose/docker-compose.staging.yml", "services: {}\n");
    write("compose/docker-compose.laptop.yml", "services: {}\n");
    write("compose/service.mjs", template("promotion-service.mjs"));
    write("compose/10-http.cfg", edgeOf(readFileSync(join(sourceRoot, "compose/haproxy/10-http.cfg"), "utf8")));
    copyFileSync(join(sourceRoot, "compose/haproxy/hold.lua"), join(root, "compose/hold.lua"));
    write("compose/app.sh", database);
    write("compose/env.template", environment);
    write(
      "sanitize.yml",
      "databases:\n  app:\n    tables:\n      public.notes: { columns: { id: keep, note: keep } }\n      public.schema_migrations: { columns: { version: keep } }\n",
    );
    write(".gitignore", ".env.*\n.understudy/\nlogs/\nstaging-data/\nrepository/\nhooks/\n");
    edit(this.installation, "understudy.yml", "backup: {", `backup: { repository: ${root}/repository`);
  }
}

/** By chance, and below the ports that the kernel gives to clients. */
async function freeOffsets(): Promise<Record<Kind, number>> {
  const staging = 2_000 + Math.floor(Math.random() * 10_000);
  const offsets = { staging, production: staging + 12_000 };
  const wanted = Object.values(offsets).flatMap((offset) => Object.values(ports).map((port) => port + offset));
  const free = await Promise.all(wanted.map(isFree));
  return free.every(Boolean) ? offsets : await freeOffsets();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

function settings(offsets: Readonly<Record<Kind, number>>, place: PromotionPlace): string {
  const environment = (kind: Kind) => {
    const { settings } = place.has.includes(kind) ? place : here;
    return `  ${kind}: { kind: ${kind}, profile: laptop, portOffset: ${offsets[kind]}, ${settings} }\n`;
  };
  return `backup: {}\npromote: { settleSeconds: 3 }\nenvironments:\n${environment("staging")}${environment("production")}`;
}

const environment = `# generate: password(40)
PULUMI_CONFIG_PASSPHRASE=
# generate: password(32)
POSTGRES_PASSWORD=
# generate: password(32)
APP_DB_PASSWORD=
`;

const database = `psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<SQL
CREATE ROLE app LOGIN PASSWORD '$APP_DB_PASSWORD';
CREATE DATABASE app OWNER app;
\\connect app
SET ROLE app;
CREATE TABLE notes (id serial PRIMARY KEY, note text NOT NULL);
CREATE TABLE schema_migrations (version text PRIMARY KEY);
SQL
`;

function template(name: string): string {
  return readFileSync(new URL(name, templates), "utf8");
}

/** The real edge with these services behind it. */
function edgeOf(configuration: string): string {
  const [before, after] = configuration.split(/^frontend letta[\s\S]*^# Not published\.\n/m);
  const services = Object.entries(ports).map(
    ([name, port]) =>
      `frontend ${name} from http\n  bind :${port}\n  default_backend ${name}\n\nbackend ${name} from service\n  server ${name} ${name}:8080\n\n`,
  );
  return `${before}${services.join("")}# Not published.\n${after}`;
}

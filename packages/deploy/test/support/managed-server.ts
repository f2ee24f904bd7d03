import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, exec, sourceRoot } from "@understudy/core";
import { builtName } from "@understudy/images";
import type { TestInstallation } from "./installation.ts";

/** Somebody else's Postgres: TLS under a CA of its own, an administrator who is no superuser, reached by the host's address. */
export interface ManagedServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The name on its certificate. */
  readonly name: string;
  readonly user: string;
  readonly password: string;
  /** PEM. */
  readonly ca: string;
  readonly container: string;
  /** Rows without headings, as its superuser, whom nobody else has. */
  sql(database: string, script: string): Promise<string>;
  /** Everything that it has logged. */
  log(): Promise<string>;
}

const name = "db.managed.test";
const superPassword = "provider-Only-9137";

/** @param env more variables of the image's, e.g. how it is logged in to */
export async function startManagedServer(
  engine: Engine,
  password: string,
  env: readonly string[] = [],
): Promise<ManagedServer> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-managed-"));
  try {
    const ca = makeCertificates(folder);
    const container = await createContainer(engine, env);
    const remove = () => container.remove({ force: true, v: true });
    try {
      await container.putArchive(archiveOf(folder), { path: "/" });
      await container.start();
      const { Id, NetworkSettings } = await container.inspect();
      const [{ HostIp = "", HostPort = "" } = {}] = NetworkSettings.Ports["5432/tcp"] ?? [];
      const sql = (database: string, script: string) => run(engine, Id, database, script);
      await awaitReady(sql);
      await sql(
        "postgres",
        `SET log_statement = none; CREATE ROLE boss LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`,
      );
      return {
        ...{ host: HostIp, port: Number(HostPort), name, user: "boss", password, ca, container: Id, sql },
        log: async () => (await container.logs({ stdout: true, stderr: true })).toString(),
        [Symbol.asyncDispose]: remove,
      };
    } catch (error) {
      await remove();
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `postgres.external` of an environment, with the CA at ca.pem of its installation. */
export function externalSetting({ host, port, user, name }: ManagedServer): string {
  return `postgres: { external: { host: ${host}, port: ${port}, user: ${user}, tls: { ca: ca.pem, name: ${name} } } }`;
}

/** Put the overlay of a managed Postgres into an installation, for one database. */
export function writeManagedOverlay(installation: TestInstallation, { ca }: ManagedServer, trial?: string): void {
  for (const file of ["docker-compose.managed-postgres.yml", "postgres/gateway.ts"]) {
    installation.write(`compose/${file}`, readFileSync(join(sourceRoot, "compose", file), "utf8"));
  }
  const labels = ["understudy.databases: app=APP_DB_PASSWORD+vector", ...(trial ? [`understudy.trial: ${trial}`] : [])];
  installation.write(
    "compose/databases.yml",
    `services:\n  postgres:\n    labels:\n      ${labels.join("\n      ")}\n`,
  );
  installation.write("ca.pem", ca);
}

/** Another CA, which signed nothing of the server's. */
export function otherCa(): string {
  const folder = mkdtempSync(join(tmpdir(), "understudy-managed-"));
  try {
    makeCa(folder, "Somebody else");
    return readFileSync(join(folder, "ca.pem"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function createContainer(engine: Engine, env: readonly string[]) {
  const bridge = (await engine.docker.getNetwork("bridge").inspect()) as { IPAM: { Config: { Subnet: string }[] } };
  // The host's own address there, which containers of every network reach.
  const host = bridge.IPAM.Config[0]?.Subnet.replace(/\d+\/\d+$/, "1") ?? "";
  const settings = ["fsync=off", "ssl=on", "ssl_cert_file=/tls/server.pem", "ssl_key_file=/tls/server.key"];
  return await engine.docker.createContainer({
    Image: await builtName("postgres"),
    // What it is asked is in its log, as many of them have it.
    Cmd: ["postgres", ...[...settings, "log_statement=ddl"].flatMap((setting) => ["-c", setting])],
    Env: [`POSTGRES_PASSWORD=${superPassword}`, ...env],
    ExposedPorts: { "5432/tcp": {} },
    Labels: { "understudy.test": "1" },
    Healthcheck: { Test: ["NONE"] },
    HostConfig: { ShmSize: 268_435_456, PortBindings: { "5432/tcp": [{ HostIp: host, HostPort: "" }] } },
  });
}

function makeCertificates(folder: string): string {
  makeCa(folder, "Managed");
  const at = (file: string) => join(folder, file);
  openssl("req", "-new", ...newKey, "-subj", `/CN=${name}`, "-keyout", at("server.key"), "-out", at("server.csr"));
  writeFileSync(at("names"), `subjectAltName=DNS:${name}\n`);
  const signed = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-days", "30", "-extfile", at("names")];
  openssl("x509", "-req", "-in", at("server.csr"), ...signed, "-out", at("server.pem"));
  return readFileSync(at("ca.pem"), "utf8");
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function makeCa(folder: string, whose: string): void {
  const files = ["-keyout", join(folder, "ca.key"), "-out", join(folder, "ca.pem")];
  openssl("req", "-x509", ...newKey, "-days", "30", "-subj", `/CN=${whose} CA`, ...files);
}

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "ignore" });
}

/** The server's key, readable for it alone; and pgvector as providers have it: for whoever owns a database. */
function archiveOf(folder: string): Buffer {
  const control = ["comment = 'vector data type'", "default_version = '0.8.0'", "module_pathname = '$libdir/vector'"];
  const place = "usr/share/postgresql/17/extension";
  execFileSync("mkdir", ["-p", join(folder, "root/tls"), join(folder, "root", place)]);
  for (const file of ["server.key", "server.pem"]) {
    writeFileSync(join(folder, "root/tls", file), readFileSync(join(folder, file)), { mode: 0o600 });
  }
  writeFileSync(
    join(folder, "root", place, "vector.control"),
    [...control, "relocatable = true", "trusted = true", ""].join("\n"),
  );
  const files = ["tls/server.key", "tls/server.pem", `${place}/vector.control`];
  return execFileSync("tar", ["-C", join(folder, "root"), "--owner=999", "--group=999", "-c", ...files]);
}

async function run(engine: Engine, container: string, database: string, script: string): Promise<string> {
  const command = ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-f", "-"];
  const { exitCode, stdout, stderr } = await exec(engine, container, command, { stdin: `${script};\n` });
  if (exitCode !== 0) throw new Error(`psql ended with ${exitCode}: ${stderr}${stdout}`);
  return stdout.trim();
}

async function awaitReady(sql: (database: string, script: string) => Promise<string>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      // The server of the first start listens on the socket only, which psql uses too.
      if ((await sql("postgres", "SHOW listen_addresses")) === "*") return;
    } catch (error) {
      if (tries > 300) throw error;
    }
    await sleep(100);
  }
}

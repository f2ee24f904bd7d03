import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  LocalWorkspace,
  type LocalWorkspaceOptions,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { assertPulumi, type Installation, isAlive, type Log, messageOf, secrets, UserError } from "@understudy/core";

import { workFolder } from "./orphans.ts";
import { passphrasePath } from "./passphrase.ts";

export interface WorkspaceOptions {
  readonly installation: Installation;
  readonly project: string;
  readonly environment: string;
  /** `local`, or a Pulumi backend URL. */
  readonly backend: string;
  readonly passphrase: string;
  /** The engine that the provider talks to. */
  readonly dockerHost: string;
  readonly program: PulumiFn;
  readonly log: Log;
}

/** The state is there and stays shut. */
export class WrongPassphrase extends UserError {}

/** Open (or create) the Pulumi stack of an environment: fixed work folder, own home, passphrase by file. */
export async function openStack(options: WorkspaceOptions): Promise<Stack> {
  const settings = await workspaceSettings(options);
  const inline = { stackName: options.environment, projectName: options.project, program: options.program };
  return await explained(options, () => LocalWorkspace.createOrSelectStack(inline, settings));
}

/** Forget a stack's state, whatever it holds. Needs no passphrase. Nothing on the host is touched. */
export async function forgetStack(options: WorkspaceOptions): Promise<void> {
  const workspace = await LocalWorkspace.create(await workspaceSettings(options));
  try {
    await workspace.removeStack(options.environment, { force: true });
  } catch (error) {
    if (!/no stack named/.test(messageOf(error))) throw explain(options, error);
  }
}

async function workspaceSettings(options: WorkspaceOptions): Promise<LocalWorkspaceOptions> {
  // A set variable, even an empty one, would win over the file.
  delete process.env.PULUMI_CONFIG_PASSPHRASE;
  const { pulumiHome } = assertPulumi();
  const folder = workFolder(options.installation, options.environment);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    workDir: folder,
    pulumiHome,
    pulumiCommand: await PulumiCommand.get({ root: pulumiHome, skipVersionCheck: true }),
    secretsProvider: "passphrase",
    projectSettings: { name: options.project, runtime: "nodejs", main: folder, backend: { url: backendUrl(options) } },
    envVars: {
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrasePath(options.passphrase),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
      DOCKER_HOST: options.dockerHost,
    },
  };
}

/** Run one engine operation: a lock left by a dead process is cleared, and failures are said in one line. */
export async function withEngine<T>(options: WorkspaceOptions, stack: Stack, operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await explained(options, operation);
    } catch (error) {
      const holder = lockHolder(messageOf((error as Error).cause ?? error));
      if (!holder || attempt > 3) throw error;
      options.log.warn({ holder }, "the Pulumi state is locked; waiting for its owner, then clearing it");
      await untilGone(holder);
      await stack.cancel();
    }
  }
}

function backendUrl({ backend, installation }: WorkspaceOptions): string {
  if (backend !== "local") return backend;
  const folder = join(installation.stateDir, "pulumi", "state");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return `file://${folder}`;
}

async function explained<T>(options: WorkspaceOptions, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw explain(options, error);
  }
}

/** Pulumi's failure in one line where its cause is known; its own words otherwise. */
function explain({ environment, backend }: WorkspaceOptions, error: unknown): Error {
  const said = secrets.redact(messageOf(error));
  if (/incorrect passphrase/.test(said)) {
    return new WrongPassphrase(`The passphrase for the state of ${environment} is wrong`, {
      next: `Put the original PULUMI_CONFIG_PASSPHRASE back into .env.${environment}. If it is lost, docs/troubleshooting.md says how to begin a new state over the same data`,
      cause: error,
    });
  }
  if (lockHolder(said)) return new UserError(`The Pulumi state of ${environment} is locked`, { cause: error });
  const taken =
    /(?:Bind for (\S+) failed: port is already allocated|listen \w+ (\S+): bind: address already in use)/.exec(said);
  if (taken) {
    return new UserError(`Port ${taken[1] ?? taken[2]} was taken by somebody else in the meantime`, {
      next: "Stop its holder, or set portOffset of this environment in understudy.yml, and run again",
      cause: error,
    });
  }
  if (/no space left on device|disk quota exceeded/i.test(said)) {
    return new UserError("The disk is full", {
      next: "Free some room (docker system df shows what Docker uses) and run again",
      cause: error,
    });
  }
  if (
    backend !== "local" &&
    /(unable to open|could not connect|failed to connect|no such host|connection refused|AccessDenied|NoSuchBucket)/i.test(
      said,
    )
  ) {
    return new UserError(`The state backend ${redactUrl(backend)} cannot be used: ${firstError(said)}`, {
      next: "Check state.backend in understudy.yml",
      cause: error,
    });
  }
  return new UserError(`Pulumi failed: ${firstError(said)}`, {
    next: "Nothing was rolled back; run the same command again. DEBUG=true writes Pulumi's whole output to the log",
    cause: error,
  });
}

/** The first line that tells a cause, of Pulumi's many, without the names of the code that said it. */
export function firstError(said: string): string {
  const lines = said.split("\n").map((line) => line.trim());
  const telling = lines.filter(
    (line) =>
      /error:|rpc error|\* /.test(line) &&
      !/(update|preview|destroy|refresh) failed|resource (creation|update)|occurred:$/.test(line),
  );
  const first = telling.at(0) ?? lines.find((line) => line) ?? "no message";
  return first
    .replace(/^.*\berror:\s+/, "")
    .replace(/^\*\s*/, "")
    .replace(/^\S+\.go:\d+: (\S+: )?/, "");
}

interface LockHolder {
  readonly host: string;
  readonly pid: number;
}

/** Who holds the state, from Pulumi's message: `created by root@host (pid 123) at …`. */
export function lockHolder(said: string): LockHolder | undefined {
  if (!/stack is currently locked/.test(said)) return undefined;
  const [, host = "", pid = "0"] = /created by [^@\s]*@?(\S+) \(pid (\d+)\)/.exec(said) ?? [];
  return { host, pid: Number(pid) };
}

/** We hold the environment's lock, so a live holder can only be an orphan that was overlooked. @throws UserError if it stays. */
async function untilGone({ host, pid }: LockHolder): Promise<void> {
  if (host !== hostname()) return;
  for (let waited = 0; isAlive(pid); waited += 250) {
    if (waited > 60_000) {
      throw new UserError(`The Pulumi state is locked by process ${pid}, which lives`, {
        next: "Wait until it ends, or end it, and run again",
      });
    }
    await sleep(250);
  }
}

function redactUrl(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//‹secret›@");
}

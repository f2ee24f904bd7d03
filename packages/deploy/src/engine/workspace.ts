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

import { backendFailure } from "./backend-failure.ts";
import { workFolder } from "./orphans.ts";
import { passphrasePath } from "./passphrase.ts";

export interface WorkspaceOptions {
  readonly installation: Installation;
  readonly project: string;
  readonly environment: string;
  /** `local`, or a Pulumi backend URL. */
  readonly backend: string;
  readonly passphrase: string;
  /** What the backend asks who uses it for, by the names that Pulumi knows. */
  readonly credentials: Readonly<Record<string, string>>;
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

/** Whether the backend has a stack of this name. Needs no passphrase, and makes nothing. */
export async function hasStack(options: Omit<WorkspaceOptions, "program">): Promise<boolean> {
  const workspace = await LocalWorkspace.create(await workspaceSettings({ ...options, program: async () => {} }));
  const stacks = await explained(options, () => workspace.listStacks());
  return stacks.some(({ name }) => name.split("/").at(-1) === options.environment);
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
      // A host that drops what is sent to it is told from a slow one; seconds.
      PGCONNECT_TIMEOUT: "15",
      ...options.credentials,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrasePath(options.passphrase),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
      DOCKER_HOST: options.dockerHost,
    },
  };
}

/**
 * Run one engine operation, under the environment's lock: Pulumi's own lock, left by a run that was killed, is cleared, and failures are
 * said in one line. Whether its owner on another machine lives cannot be told; a Pulumi whose program is gone ends in less than a minute.
 */
export async function withEngine<T>(
  options: Pick<WorkspaceOptions, "environment" | "backend" | "log">,
  stack: Pick<Stack, "cancel">,
  operation: () => Promise<T>,
  { patience = 60_000, pause = 2_000 } = {},
): Promise<T> {
  const began = performance.now();
  for (let cleared = 0; ; ) {
    try {
      return await explained(options, operation);
    } catch (error) {
      const holder = lockHolder(messageOf((error as Error).cause ?? error));
      if (!holder || cleared === 3) throw error;
      options.log.warn({ holder }, "the Pulumi state is locked; waiting for its owner, then clearing it");
      if (holder.host !== hostname() && performance.now() - began < patience) {
        await sleep(pause);
        continue;
      }
      await untilGone(holder);
      await stack.cancel();
      cleared++;
    }
  }
}

/** Wait until no Pulumi of a run that was cut off holds the state, on whichever machine: what it holds, it may still be changing. */
export async function awaitStateFree(options: WorkspaceOptions, stack: Stack): Promise<void> {
  await withEngine(options, stack, async () => {
    try {
      // Takes the lock before it looks whether there is one of this name.
      await stack.workspace.createStack(options.environment);
    } catch (error) {
      if (!/already exists/.test(messageOf(error))) throw error;
    }
  });
}

function backendUrl({ backend, installation }: WorkspaceOptions): string {
  if (backend !== "local") return backend;
  const folder = join(installation.stateDir, "pulumi", "state");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return `file://${folder}`;
}

async function explained<T>(options: Explained, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw explain(options, error);
  }
}

type Explained = Pick<WorkspaceOptions, "environment" | "backend">;

/** Pulumi's failure in one line where its cause is known; its own words otherwise. */
function explain({ environment, backend }: Explained, error: unknown): Error {
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
  const away = /Error response from daemon: (\S.* does not answer: .+?)(?:: provider=\S+)?$/m.exec(said);
  if (away) {
    return new UserError(away[1] ?? "", {
      next: "Run the same command again, it goes on from there; also without that machine, unless it has the data",
      cause: error,
    });
  }
  const unusable = backend === "local" ? undefined : backendFailure({ backend, environment, said });
  if (unusable) return new UserError(unusable.message, { next: unusable.next, cause: error });
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

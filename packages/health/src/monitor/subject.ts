import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { requires } from "@understudy/compose";
import { desiredStack, resolveProfile, stackOf, type Target } from "@understudy/environment";
import type { Check, CheckContext } from "../checks/check.ts";
import { checksOf } from "../checks/checks-of.ts";
import { checksFolder } from "../checks/definitions/read.ts";
import { makeContext, openLook } from "../checks/look.ts";

/** How old what is known of the containers may be: so many ms, or a tenth of the interval if that is less. */
const freshness = 3_000;

/** The service that stands for the machine: everything needs it. */
const host = "host";

interface SubjectOptions {
  /** Only the checks that a person defined. */
  readonly checksOnly: boolean;
  readonly lastBeat: NonNullable<CheckContext["lastBeat"]>;
}

/** The environment that is watched: its stack and checks as they were read last, and the engine as far as it answers. */
export class Subject implements AsyncDisposable {
  readonly #target: Target;
  readonly #options: SubjectOptions;
  readonly #freshness: number;
  #stack: CheckContext["stack"];
  #checks: readonly Check[];
  #signature: string;
  #connection: ReturnType<typeof openLook> | undefined;
  #context: { readonly made: number; readonly promise: Promise<CheckContext> } | undefined;

  private constructor(target: Target, options: SubjectOptions, read: ReadSubject) {
    this.#target = target;
    this.#options = options;
    this.#freshness = Math.min(freshness, target.settings.monitor.intervalSeconds * 100);
    this.#stack = read.stack;
    this.#checks = read.checks;
    this.#signature = read.signature;
  }

  /** @throws UserError for settings or definitions that are wrong. An engine that is away is none. */
  static async open(target: Target, options: SubjectOptions): Promise<Subject> {
    return new Subject(target, options, await readSubject(target, options));
  }

  get checks(): readonly Check[] {
    return this.#checks;
  }

  /** Read stack and definitions again if they changed; returns whether they did. @throws as `open`; what was read before stays. */
  async refresh(): Promise<boolean> {
    const signature = signatureOf(this.#target);
    if (signature === this.#signature) return false;
    this.#signature = signature;
    const read = await readSubject(this.#target, this.#options);
    this.#stack = read.stack;
    this.#checks = read.checks;
    return true;
  }

  /** What a service needs to work, topmost first. */
  needs(service: string): readonly string[] {
    if (service === host) return [];
    return [host, ...(this.#stack.model.services[service] ? requires(this.#stack.model, service) : [])];
  }

  /** The stack as it is now, a moment old at most. @throws UserError while the engine does not answer */
  context(): Promise<CheckContext> {
    const now = performance.now();
    if (!this.#context || now - this.#context.made > this.#freshness)
      this.#context = { made: now, promise: this.#look() };
    return this.#context.promise;
  }

  async #look(): Promise<CheckContext> {
    try {
      this.#connection ??= openLook(this.#stack);
      // The stack may have been deployed anew since.
      return await makeContext({ ...(await this.#connection), stack: this.#stack, lastBeat: this.#options.lastBeat });
    } catch (error) {
      await this.#disconnect();
      throw error;
    }
  }

  async #disconnect(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    await connection?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#disconnect();
  }
}

interface ReadSubject {
  readonly stack: CheckContext["stack"];
  readonly checks: readonly Check[];
  readonly signature: string;
}

async function readSubject(target: Target, { checksOnly }: SubjectOptions): Promise<ReadSubject> {
  const signature = signatureOf(target);
  const stack = checksOnly
    ? await desiredStack(target, resolveProfile(target.environment, undefined))
    : await stackOf(target);
  return { stack, checks: await checksOf(stack, { withDefaults: !checksOnly }), signature };
}

/** Changes with every deploy, and with every file that a check is defined in. */
function signatureOf({ installation, environment }: Target): string {
  const folder = checksFolder(installation);
  const files = [
    join(installation.stateDir, "facts", environment.name, "release.json"),
    installation.envFile(environment.name),
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  return files.map((file) => (existsSync(file) ? `${file} ${statSync(file).mtimeMs}` : "")).join("\n");
}

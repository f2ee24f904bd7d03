import { firstFailure, type Log, messageOf, UserError } from "@understudy/core";
import { AgentError } from "../agent-error.ts";
import type { Sessions } from "../book/sessions.ts";
import type { JobName, JobProgress } from "../remote/jobs.ts";
import { type PhaseProgress, stepInWords } from "../session/progress.ts";
import type { OnProgress } from "../side/side.ts";

interface Job {
  state: "running" | "done" | "failed";
  at: PhaseProgress | undefined;
  result: unknown;
  error: unknown;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** What peers let this server do: begun by one request, asked after by others. Nothing of it outlives the process. */
export class PassiveJobs {
  readonly #jobs = new Map<string, Job>();
  readonly #sessions: Sessions;
  readonly #log: Log;

  constructor(sessions: Sessions, log: Log) {
    this.#sessions = sessions;
    this.#log = log;
  }

  /** Begin a job, unless it runs or is done. */
  start(
    sessionId: string,
    name: JobName,
    work: (onProgress: OnProgress, signal: AbortSignal) => Promise<unknown>,
  ): void {
    const key = keyOf(sessionId, name);
    if (this.#jobs.get(key)?.state === "running" || this.#jobs.get(key)?.state === "done") return;
    const stop = new AbortController();
    const job: Job = {
      ...{ state: "running", at: undefined, result: undefined, error: undefined },
      ...{ stop, ended: Promise.resolve() },
    };
    const run = async () => {
      try {
        job.result = await work((at) => {
          job.at = at;
        }, stop.signal);
        job.state = "done";
      } catch (thrown) {
        job.error = firstFailure(thrown);
        job.state = "failed";
        this.#sessions.log(sessionId, "error", messageOf(job.error));
        if (!(job.error instanceof UserError)) this.#log.error({ error: job.error, sessionId }, `${name} failed`);
      }
    };
    this.#jobs.set(key, Object.assign(job, { ended: run() }));
  }

  progress(sessionId: string, name: JobName): JobProgress {
    const { state = "none", at, error } = this.#jobs.get(keyOf(sessionId, name)) ?? {};
    const session = this.#sessions.get(sessionId);
    return {
      state,
      phase: at?.phase ?? null,
      progress: Math.floor(100 * (at?.fraction ?? 0)),
      bytesTransferred: session?.bytesTransferred ?? 0,
      totalBytes: session?.totalBytes ?? 0,
      currentStep: at ? stepInWords(at) : (session?.currentStep ?? ""),
      estimatedTimeRemaining: session?.estimatedTimeRemaining ?? null,
      at: at?.at ?? null,
      error: error === undefined ? null : told(error),
    };
  }

  /** What a job came to; undefined: it is not done. */
  done(sessionId: string, name: JobName): unknown {
    const job = this.#jobs.get(keyOf(sessionId, name));
    return job?.state === "done" ? job.result : undefined;
  }

  /** @throws AgentError 409 as long as there is none */
  result(sessionId: string, name: JobName): unknown {
    const result = this.done(sessionId, name);
    if (result !== undefined) return result;
    throw new AgentError(409, "not-ready", `${name} is not done`, "Ask for its progress");
  }

  /** Cut off a session's jobs, and forget them. */
  async end(sessionId: string, why: Error): Promise<void> {
    for (const [key, job] of this.#jobs) {
      if (!key.startsWith(`${sessionId}/`)) continue;
      job.stop.abort(why);
      await job.ended;
      this.#jobs.delete(key);
    }
  }

  async endAll(why: Error): Promise<void> {
    for (const job of this.#jobs.values()) {
      job.stop.abort(why);
      await job.ended;
    }
  }
}

function keyOf(sessionId: string, name: JobName): string {
  return `${sessionId}/${name}`;
}

function told(error: unknown): JobProgress["error"] {
  if (error instanceof UserError) return { message: error.message, next: error.next ?? null };
  return { message: "the server failed", next: "Its log tells why" };
}

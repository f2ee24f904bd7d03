import type { Sessions } from "../book/sessions.ts";
import { type PhaseProgress, progressFields, stepInWords } from "../session/progress.ts";
import { Speed } from "../session/speed.ts";
import type { Phase } from "../types.ts";

/** ms between two entries in the book: a page shows no more. */
const every = 250;

/** Writes down how far a session is, not too often, and never that it went back. */
export class Tracker {
  readonly #sessions: Sessions;
  readonly #sessionId: string;
  readonly #clock: () => number;
  readonly #speed = new Speed();
  #written = Number.NEGATIVE_INFINITY;
  #phase: Phase | undefined;
  #progress = 0;

  constructor(sessions: Sessions, sessionId: string, clock: () => number = Date.now) {
    this.#sessions = sessions;
    this.#sessionId = sessionId;
    this.#clock = clock;
  }

  at(progress: PhaseProgress, bytes?: { readonly done: number; readonly total: number }): void {
    const now = this.#clock();
    const begins = progress.phase !== this.#phase;
    if (begins)
      this.#sessions.log(this.#sessionId, "info", stepInWords({ ...progress, at: undefined }), progress.phase);
    this.#phase = progress.phase;
    if (!begins && now - this.#written < every && progress.fraction < 1) return;
    this.#written = now;
    if (bytes) this.#speed.note(bytes.done, now);
    const fields = progressFields(progress);
    this.#progress = Math.max(this.#progress, fields.progress);
    this.#sessions.update(this.#sessionId, {
      ...fields,
      progress: this.#progress,
      ...(bytes ? this.#bytes(bytes, now) : { estimatedTimeRemaining: null, estimatedCompletion: null }),
    });
  }

  note(text: string): void {
    this.#sessions.log(this.#sessionId, "info", text, this.#phase ?? null);
  }

  warn(text: string): void {
    this.#sessions.log(this.#sessionId, "warning", text, this.#phase ?? null);
  }

  #bytes({ done, total }: { readonly done: number; readonly total: number }, now: number) {
    const left = this.#speed.secondsFor(total - done);
    return {
      bytesTransferred: done,
      totalBytes: total,
      transferSpeed: this.#speed.perSecond(),
      estimatedTimeRemaining: left,
      estimatedCompletion: left === null ? null : new Date(now + left * 1_000).toISOString(),
    };
  }
}

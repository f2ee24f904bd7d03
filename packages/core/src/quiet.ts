import { forgetFact, readFact, writeFact } from "./facts.ts";
import type { Installation } from "./installation.ts";

/** A time in which an environment is being changed by us, so that a service that is down for a moment alarms nobody. */
export interface QuietWindow {
  /** The verb, e.g. `deploy:staging`. */
  readonly what: string;
  /** The release that comes, where there is one. */
  readonly release?: string;
  /** ms since the epoch. */
  readonly from: number;
  /** It ends by itself then, whatever became of the verb. */
  readonly until: number;
}

const fact = "quiet";

/** The longest that a change keeps the alarms quiet, ms. */
const longest = 30 * 60_000;

/** Begin a quiet window, or say more of the one that is on. */
export function openQuietWindow(
  installation: Installation,
  environment: string,
  window: Pick<QuietWindow, "what" | "release">,
  now = Date.now(),
): void {
  writeFact(installation, environment, fact, { ...window, from: now, until: now + longest } satisfies QuietWindow);
}

/** End the quiet window. What was changed stays known, for an alert that follows: see `lastQuietWindow`. */
export function closeQuietWindow(installation: Installation, environment: string, now = Date.now()): void {
  endAt(installation, environment, (window) => Math.min(window.until, now));
}

/** Let the quiet last until the next change: the environment was stopped on purpose. */
export function keepQuiet(installation: Installation, environment: string): void {
  endAt(installation, environment, () => Number.MAX_SAFE_INTEGER);
}

/** The newest quiet window, open or over. A damaged record counts as none: alarms then sound. */
export function lastQuietWindow(installation: Installation, environment: string): QuietWindow | undefined {
  try {
    return readFact<QuietWindow>(installation, environment, fact);
  } catch {
    forgetFact(installation, environment, fact);
    return undefined;
  }
}

function endAt(installation: Installation, environment: string, until: (window: QuietWindow) => number): void {
  const window = lastQuietWindow(installation, environment);
  if (window) writeFact(installation, environment, fact, { ...window, until: until(window) });
}

import { z } from "zod";
import type { Sessions } from "../book/sessions.ts";
import type { PeerClient } from "../remote/peer-client.ts";
import type { Session } from "../types.ts";

/** ms between two words to the peer. */
const every = 1_000;

/**
 * Tell the peer how far a session is for as long as it goes, also while all the work is on this side: else the page there would stand still,
 * and after a while nobody would seem to drive it. What it answers counts too: a session that was ended there stops here.
 */
export function keepInTouch(
  client: Pick<PeerClient, "call">,
  sessions: Pick<Sessions, "get">,
  sessionId: string,
  stop: AbortController,
): Disposable {
  let telling = false;
  const tell = async () => {
    if (telling) return;
    telling = true;
    try {
      const session = sessions.get(sessionId);
      if (session?.status !== "running") return;
      const body = { sessionId, ...progressOf(session) };
      await client.call("POST", "/api/sync/progress", z.unknown(), { body, patience: 0, signal: stop.signal });
    } catch (error) {
      // A line that is down, a book that cannot be read: the work tries again or fails by itself; that it was ended there is news.
      if ((error as { status?: number }).status === 410) stop.abort(error);
    } finally {
      telling = false;
    }
  };
  const timer = setInterval(() => void tell(), every);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function progressOf(session: Session) {
  const { phase, currentStep, progress, phaseProgress, bytesTransferred, totalBytes } = session;
  const { transferSpeed, estimatedTimeRemaining, estimatedCompletion } = session;
  return {
    ...{ phase, currentStep, progress, phaseProgress, bytesTransferred, totalBytes },
    ...{ transferSpeed, estimatedTimeRemaining, estimatedCompletion },
  };
}

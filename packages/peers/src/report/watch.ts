import { bytesInWords, messageOf, secondsInWords } from "@understudy/core";
import type { Started } from "../drive/full-sync.ts";
import type { Peers } from "../peers.ts";
import { repeat } from "../repeat.ts";
import type { Session } from "../types.ts";

const every = 500;
const width = 24;

/** Show how far a session is until it has ended: a bar on a terminal, its log as plain lines elsewhere; on stderr. */
export async function watchSession(peers: Peers, { sessionId, ended }: Started): Promise<Session> {
  const { stderr } = process;
  let line = 0;
  const show = () => {
    for (const { id, level, text } of peers.log(sessionId, line)) {
      line = id;
      const clear = stderr.isTTY ? "\r\u001b[K" : "";
      if (!stderr.isTTY || level !== "info") stderr.write(`${clear}${level === "info" ? "" : `${level}: `}${text}\n`);
    }
    const session = peers.book.sessions.get(sessionId);
    if (stderr.isTTY && session?.status === "running") stderr.write(`\r\u001b[K${barOf(session)}`);
  };
  const timer = repeat(every, show, (error) => stderr.write(`warning: ${messageOf(error)}\n`));
  try {
    return await ended;
  } finally {
    clearInterval(timer);
    show();
    if (stderr.isTTY) stderr.write("\r\u001b[K");
  }
}

/** `████████░░░░ 60 %  Step 2 of 5: Transferring backup… 12.5 MB / 20.8 MB, 8.2 MB/s, 45 s left`. */
export function barOf(session: Session): string {
  const { progress, step, steps, currentStep, phase, bytesTransferred, totalBytes } = session;
  const full = Math.round((progress / 100) * width);
  const bar = `${"█".repeat(full)}${"░".repeat(width - full)} ${progress} %`;
  const where = step > 0 ? `Step ${step} of ${steps}: ${currentStep}` : currentStep;
  if (phase !== "transfer") return `${bar}  ${where}`;
  const { transferSpeed: speed, estimatedTimeRemaining: left } = session;
  const moved = [
    `${bytesInWords(bytesTransferred)} / ${bytesInWords(totalBytes)}`,
    ...(speed === null ? [] : [`${bytesInWords(speed)}/s`]),
    ...(left === null ? [] : [`${secondsInWords(left)} left`]),
  ];
  return `${bar}  ${where} ${moved.join(", ")}`;
}

import { type HostSession, type Log, runSteps } from "@understudy/core";
import type { Release, Target } from "@understudy/environment";
import { findImage } from "../images/resolve.ts";
import { sendImage } from "../images/send.ts";
import { prepareCandidate } from "../prepare-candidate.ts";
import type { Ground } from "./ground.ts";
import { recordedAtPlace } from "./look.ts";

interface Voice {
  readonly log: Log;
  readonly say: (line: string) => void;
}

/**
 * Bring the images of what runs to where it is to run, and look whether it could be deployed there: its files, ports, room and memory. Nothing
 * that runs is touched. @throws UserError
 */
export async function bringThere(
  target: Target,
  { from, to }: Ground,
  session: HostSession,
  voice: Voice,
): Promise<void> {
  const { target: there, profile, release } = recordedAtPlace(target, to.place);
  await runSteps([
    {
      title: "Bring the images of the release",
      run: (report) => sendOwn({ from, to }, release, report),
    },
  ]);
  await prepareCandidate({ target: there, profile, engine: to.engine, recorded: release, ...voice }, session, true);
}

/** What no registry has is sent from the old place; the others are pulled, as a deploy there would. */
async function sendOwn(
  { from, to }: Pick<Ground, "from" | "to">,
  release: Release,
  report: (line: string) => void,
): Promise<void> {
  for (const { id, digest } of Object.values(release.images)) {
    if (digest || (await findImage(to.engine, id)) || !(await findImage(from.engine, id))) continue;
    await sendImage(from.engine, to.engine, id, report);
  }
}

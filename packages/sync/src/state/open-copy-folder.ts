import { UserError } from "@understudy/core";
import { recoverSwap, removeIncoming } from "@understudy/data";
import { swapOf } from "../swap/swap-of.ts";
import type { CopyContext } from "../sync-production.ts";
import { CopyFolder, keyId, newCopyId } from "./copy-state.ts";
import { discardCopy } from "./discard-copy.ts";

/** Bring what an earlier run left to an end. @returns its record, as it is then; undefined when there was none. */
export async function recoverLast(context: CopyContext): Promise<CopyFolder | undefined> {
  const { request, staging } = context;
  const { installation, environment } = staging.stack;
  const last = CopyFolder.last(installation, environment.name);
  if (last) await recoverSwap(swapOf(context, last), request.say);
  await removeIncoming(staging.engine, environment.stackName);
  return last;
}

/**
 * Begin a copy's record or, with `--resume`, go on with the one that is there.
 * @param last what `recoverLast` gave
 * @throws UserError when there is nothing to go on with, or it was begun otherwise.
 */
export async function openCopyFolder(context: CopyContext, last: CopyFolder | undefined): Promise<CopyFolder> {
  const { request, staging, production, key } = context;
  const { installation, environment } = staging.stack;
  const open = last?.state.phase === "copying" ? last : undefined;
  const begun = {
    from: production.stack.environment.name,
    to: environment.name,
    key: keyId(key),
    sample: request.sample,
    masked: !request.unmasked,
  };
  if (request.resume) return resumed(open, begun);
  if (open) await discardCopy(open, context);
  return CopyFolder.begin(installation, {
    id: newCopyId(),
    ...begun,
    startedAt: new Date().toISOString(),
    phase: "copying",
    databases: {},
    volumes: [],
  });
}

type Begun = Pick<CopyFolder["state"], "from" | "to" | "key" | "sample" | "masked">;

function resumed(open: CopyFolder | undefined, begun: Begun): CopyFolder {
  if (!open) {
    throw new UserError(`No copy to ${begun.to} was cut off`, { next: "Begin one: pnpm sync:production" });
  }
  const words = { from: "source", to: "target", key: "masking key", sample: "sample", masked: "masking" } as const;
  for (const name of Object.keys(words) as (keyof typeof words)[]) {
    if (open.state[name] !== begun[name]) {
      throw new UserError(`The copy ${open.state.id} was begun with another ${words[name]}`, {
        next: "Begin anew, without --resume",
      });
    }
  }
  return open;
}

import { UserError } from "./errors.ts";

/**
 * Ask before something is destroyed. `--yes` answers for the person; without a terminal and without `--yes` it refuses.
 * @param typed when given, the person must type this word.
 */
export async function confirmDestructive(message: string, options: { yes: boolean; typed?: string }): Promise<void> {
  if (options.yes) return;
  if (!process.stdin.isTTY) {
    throw new UserError(`${message} There is no terminal to ask on`, { next: "Run again with --yes if you mean it" });
  }
  const { confirm: ask, isCancel, text } = await import("@clack/prompts");
  const answer = options.typed
    ? await text({ message: `${message} Type "${options.typed}" to go on` })
    : await ask({ message, initialValue: false });
  if (isCancel(answer) || (options.typed ? answer !== options.typed : answer !== true)) {
    throw new UserError("Stopped: nothing was changed");
  }
}

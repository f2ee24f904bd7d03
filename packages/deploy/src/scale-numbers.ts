import { UserError } from "@understudy/core";
import type { Replicas } from "@understudy/environment";

/** More of one service than this is a slip of the finger on one host. */
const most = 50;

/** `n8n-worker=3` and the like as numbers by service. Pure. @throws UserError naming what is not understood */
export function readNumbers(words: readonly string[]): Replicas {
  const read = words.map((word): [string, number] => {
    const [, service = "", count = ""] = /^([^=]+)=(\d{1,4})$/.exec(word) ?? [];
    if (!service) throw wrong(word, "is not <service>=<number>");
    if (Number(count) < 1 || Number(count) > most)
      throw wrong(word, `asks for ${Number(count)}, and 1 to ${most} can run`);
    return [service, Number(count)];
  });
  const twice = read.find(([service], index) => read.findIndex(([other]) => other === service) !== index);
  if (twice) throw wrong(twice[0], "is named twice");
  return Object.fromEntries(read);
}

function wrong(word: string, why: string): UserError {
  return new UserError(`"${word}" ${why}`, { next: "For example: pnpm scale n8n-worker=3", exitCode: 2 });
}

import { createInterface } from "node:readline";
import { UserError } from "@understudy/core";

/** A password of this length cannot be tried out, at a fifth of a second a guess. */
const shortest = 10;

/** Ask for a new password, twice; without a terminal it is the first line of standard input. @throws UserError */
export async function askPassword(name: string): Promise<string> {
  const password = process.stdin.isTTY ? await fromPerson(name) : await firstLine();
  if (password.length >= shortest) return password;
  throw new UserError(`A password needs ${shortest} characters or more`, {
    next: "Three or four words make a good one",
  });
}

async function fromPerson(name: string): Promise<string> {
  const { isCancel, password: ask } = await import("@clack/prompts");
  const first = await ask({ message: `Password of ${name}` });
  const second = isCancel(first) ? first : await ask({ message: "Once more" });
  if (isCancel(first) || isCancel(second)) throw new UserError("Stopped: nothing was changed");
  if (first !== second) throw new UserError("They are not the same", { next: "Run it again" });
  return first;
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new UserError("There is no terminal to ask on", {
    next: "Give the password as the first line of standard input",
  });
}

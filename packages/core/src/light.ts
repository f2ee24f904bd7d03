export { Attempts } from "./attempts.ts";
// What needs no library. A thread loads all of its modules anew: one that takes these from here stays small.
export { messageOf, UserError } from "./errors.ts";
export { type Notice, Outbox, type PastNotice, type Pending, type Refusal } from "./notices/outbox.ts";

import { bounded } from "./clock.ts";
import { decide } from "./decide.ts";
import { needsResync } from "./needs-resync.ts";
import { placePacket } from "./place-packet.ts";
import { receive } from "./receive.ts";
import { settle } from "./settle.ts";

/** Everything that the engine decides by. It is handed in, so that a test can show what goes wrong with another rule. */
export const rules = { bounded, decide, needsResync, placePacket, receive, settle };

export type Rules = typeof rules;

import { z } from "zod";
import { code } from "../hash/code.ts";
import { keyedHashOfBytes } from "../hash/keyed-hash.ts";
import { codeLength } from "../hash/room.ts";
import { isText, isType } from "../kinds.ts";
import type { Masker } from "../masker.ts";

const isBytes = isType("bytea");

export const hash: Masker = {
  name: "hash",
  about: "Letters and digits that stand for the value; of `bytea`, 32 bytes. Different values stay different.",
  example: { before: "customer 4711", after: "ouawhdx2pvtp0pfamikcjar" },
  options: z.object({}),
  accepts: (shape) => isText(shape) || isBytes(shape),
  sql: (input) => (input.base === "bytea" ? keyedHashOfBytes(input.value) : code(input.value, codeLength(input, 0))),
  constants: [],
  fingerprint: "text",
};

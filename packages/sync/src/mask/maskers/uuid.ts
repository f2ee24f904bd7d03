import { z } from "zod";
import { hashHex } from "../hash/keyed-hash.ts";
import { fits } from "../hash/room.ts";
import { isText, isType } from "../kinds.ts";
import type { Masker } from "../masker.ts";

const isUuid = isType("uuid");

export const uuid: Masker = {
  name: "uuid",
  about: "Another UUID of the form of version 4, always a distinct one.",
  example: { before: "3f1e9c1a-7d55-11ee-b962-0242ac120002", after: "31ce8f9f-aade-40be-8dd4-d4c4233df020" },
  options: z.object({}),
  accepts: (shape) => isText(shape) || isUuid(shape),
  sql: (input) => {
    fits("00000000-0000-0000-0000-000000000000", input);
    const value = input.base === "uuid" ? `${input.value}::text` : input.value;
    // RFC 9562: the 13th digit is the version, the 17th the variant.
    const made = `overlay(overlay(${hashHex(value, 32)} PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid`;
    return input.base === "uuid" ? made : `${made}::text`;
  },
  constants: [],
  fingerprint: "text",
};

import { UserError } from "@understudy/core";
import { z } from "zod";
import { hashHex } from "../hash/keyed-hash.ts";
import { fits, neededBits } from "../hash/room.ts";
import { isText, isType } from "../kinds.ts";
import type { Masker } from "../masker.ts";

/** Addresses that are set aside for documentation: RFC 5737 and RFC 3849. */
const v4 = "192.0.2.1";
const v6 = "2001:db8::1";

/** Each of the six groups begins with 1, so that the address is as short as it can be written already. */
const distinctDigits = 18;
const distinctLength = "2001:db8".length + 6 * ":1000".length;

const [isInet, isCidr] = [isType("inet"), isType("cidr")];

export const ip: Masker = {
  name: "ip",
  about: "An IP address. Distinct ones all become IPv6: the range for documentation has too few of IPv4.",
  example: { before: "84.17.49.201", after: v4, distinct: "2001:db8:1985:19c6:1b6a:158f:15a3:189b" },
  options: z.object({}),
  accepts: (shape) => isText(shape) || isInet(shape) || isCidr(shape),
  sql: (input) => {
    const isV6 = input.base === "text" ? `${input.value} LIKE '%:%'` : `family(${input.value}) = 6`;
    if (!input.distinct) return `CASE WHEN ${isV6} THEN '${fits(v6, input)}' ELSE '${fits(v4, input)}' END`;
    if (neededBits(input.rows) > distinctDigits * 4 || distinctLength > (input.maxLength ?? Infinity)) {
      throw new UserError(
        `distinct addresses have ${distinctLength} characters and can be told apart up to ${2 ** 26} values`,
        { next: "Say { mask: hash }" },
      );
    }
    const whole = input.base === "text" ? input.value : `concat(${input.value})`;
    return `'2001:db8' || regexp_replace(${hashHex(whole, distinctDigits)}, '...', ':1\\&', 'g')`;
  },
  constants: [v4, v6],
  fingerprint: "text",
};

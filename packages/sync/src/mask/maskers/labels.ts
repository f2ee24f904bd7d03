import { z } from "zod";
import { code } from "../hash/code.ts";
import { codeLength, fits } from "../hash/room.ts";
import { isText } from "../kinds.ts";
import type { Masker } from "../masker.ts";

export const fullName = labelled("full-name", "Test User", "A person's whole name.", {
  before: "Anna Schmidt",
  distinct: "Test User T1AJ0xbZ8p4NRsEWlM7l8U6",
});
export const firstName = labelled("first-name", "Test", "A first name.", {
  before: "Anna",
  distinct: "Test U2ArrFNSuG8RvSOCrH899pY",
});
export const lastName = labelled("last-name", "User", "A last name.", {
  before: "Schmidt",
  distinct: "User mMSrNftiQbNE3qzchtzvb8x",
});
export const address = labelled("address", "1 Test Street", "A postal address, or one line of it.", {
  before: "Hauptstraße 5, 10115 Berlin",
  distinct: "1 Test Street gQaTowVsmoofQVc9VYT7eAg",
});
export const city = labelled("city", "Testville", "A town.", {
  before: "Berlin",
  distinct: "Testville onCJpHxYWl13YZ5ckUQkOdc",
});
export const company = labelled("company", "Test Company", "The name of a company.", {
  before: "Schmidt & Söhne GmbH",
  distinct: "Test Company RbfmIpktFg0yr0Yij5fwdp2",
});

/** One label for all; distinct ones have a code behind it. */
function labelled(
  name: string,
  label: string,
  about: string,
  example: { readonly before: string; readonly distinct: string },
): Masker {
  return {
    name,
    about,
    example: { ...example, after: label },
    options: z.object({}),
    accepts: isText,
    sql: (input) => {
      if (!input.distinct) return `'${fits(label, input)}'`;
      return `'${label} ' || ${code(input.value, codeLength(input, label.length + 1))}`;
    },
    constants: [label],
    fingerprint: "text",
  };
}

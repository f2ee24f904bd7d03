import type { TypeShape } from "@understudy/postgres";

/** Text of any length. */
export const textShape: TypeShape = {
  base: "text",
  kind: "base",
  category: "S",
  array: false,
  domains: [],
  maxLength: undefined,
  labels: [],
  fields: [],
};

import type { MaskRequest } from "./mask-request.ts";

/** Property types that not every masker can mask, as Neo4j names them: the one that can, and the SQL type that they are masked as. */
const special: Readonly<Record<string, { readonly masker: string; readonly type: MaskRequest["type"] }>> = {
  Long: { masker: "number", type: "bigint" },
  Double: { masker: "number", type: "double precision" },
  Date: { masker: "date", type: "date" },
  DateTime: { masker: "date", type: "date" },
  LocalDateTime: { masker: "date", type: "date" },
};

/**
 * The SQL type as which values of a property type are masked: texts by every masker, numbers and dates by theirs.
 * @param type `String`, or `StringArray` and the like: its elements are masked one by one.
 * @returns undefined where the masker cannot give a value of that type.
 */
export function maskedAs(type: string, masker: string): MaskRequest["type"] | undefined {
  const single = type.replace(/Array$/, "");
  if (single === "String") return "text";
  return special[single]?.masker === masker ? special[single].type : undefined;
}

/** For people: the property types that a masker masks. */
export function maskableTypes(masker: string): string {
  return ["String", ...Object.keys(special).filter((type) => special[type]?.masker === masker)].join(", ");
}

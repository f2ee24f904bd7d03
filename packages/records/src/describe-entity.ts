import { UserError } from "@understudy/core/light";
import { z } from "zod";
import { type EntityDescription, ownColumns } from "./entity.ts";
import { type Kind, kinds } from "./values/kind.ts";

/**
 * A table described once, for the server and for nodes: `describeEntity("notes", z.object({ words: z.string() }))`. Where it is missing it is
 * made; columns that are missing are added. What zod has no type for is said by its kind: `z.string().meta({ kind: "numeric" })`. What rows
 * may hold beyond that, the constraints of the database say.
 * @throws UserError for a field that no kind of column fits
 */
export function describeEntity(name: string, fields: z.ZodObject): EntityDescription {
  const described = Object.entries(fields.shape).map(([field, schema]) => ({
    name: field,
    kind: kindOf(schema as z.core.$ZodType) ?? unknownField(name, field),
  }));
  const own = Object.entries(ownColumns).map(([column, kind]) => ({ name: column, kind }));
  return { name, columns: [...described.filter((column) => !(column.name in ownColumns)), ...own] };
}

function kindOf(schema: z.core.$ZodType): Kind | undefined {
  const said = z.globalRegistry.get(schema)?.kind;
  if (said !== undefined) return kinds.find((kind) => kind === said);
  const { def } = schema._zod;
  // Whether a value may be missing, and what is made of it, does not matter to its column.
  const inner = "innerType" in def ? def.innerType : "in" in def ? def.in : undefined;
  if (inner) return kindOf(inner as z.core.$ZodType);
  const format = "format" in def ? String(def.format) : "";
  switch (def.type) {
    case "bigint":
      return "integer";
    case "number":
      return /int/.test(format) ? "integer" : "double";
    case "boolean":
      return "boolean";
    case "string":
      return format === "uuid" || format === "guid" ? "uuid" : format === "datetime" ? "timestamp" : "text";
    case "enum":
    case "template_literal":
      return "text";
    case "date":
      return "timestamp";
    case "object":
    case "array":
    case "tuple":
    case "record":
    case "union":
    case "lazy":
    case "any":
    case "unknown":
      return "json";
    default:
      return undefined;
  }
}

function unknownField(entity: string, field: string): never {
  throw new UserError(`Field "${field}" of "${entity}" fits no kind of column`, {
    next: `Say which: .meta({ kind: "…" }), one of ${kinds.join(", ")}`,
  });
}

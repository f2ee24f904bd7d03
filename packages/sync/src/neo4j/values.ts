import neo4j from "neo4j-driver";

/** What an element holds, as the driver gives it. */
export type Properties = Readonly<Record<string, unknown>>;

type Test = (value: unknown) => boolean;

/** The property types that are objects of the driver; their texts tell their values apart. */
const objectTypes: readonly (readonly [type: string, is: Test])[] = [
  ["Date", neo4j.isDate as Test],
  ["DateTime", neo4j.isDateTime as Test],
  ["LocalDateTime", neo4j.isLocalDateTime as Test],
  ["Time", neo4j.isTime as Test],
  ["LocalTime", neo4j.isLocalTime as Test],
  ["Duration", neo4j.isDuration as Test],
  ["Point", neo4j.isPoint as Test],
];

/** The type of a value that is no list, as Neo4j names it. @throws Error for one that no property can have. */
export function typeOf(value: unknown): string {
  if (typeof value === "string") return "String";
  if (typeof value === "bigint") return "Long";
  if (typeof value === "number") return "Double";
  if (typeof value === "boolean") return "Boolean";
  if (value instanceof Int8Array) return "ByteArray";
  const found = objectTypes.find(([, is]) => is(value));
  if (found) return found[0];
  throw new Error(`a property of Neo4j is of a type that is not known here: ${Object.prototype.toString.call(value)}`);
}

/** A text that two values share only when they are the same, of the same type. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const text = textOf(value);
  return `${typeOf(value)}:${text.length}:${text}`;
}

/** As `canonical`, of all properties, in whatever order they came. */
export function canonicalProperties(properties: Properties): string {
  const names = Object.keys(properties).sort();
  return names.map((name) => `${canonical(name)}=${canonical(properties[name])}`).join(";");
}

/** The texts that a value holds, for whoever looks for personal details in it: of a list each one. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap(textsOf) : [textOf(value)];
}

function textOf(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  return value instanceof Int8Array ? Buffer.from(value).toString("hex") : String(value);
}

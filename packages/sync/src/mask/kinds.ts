import type { TypeShape } from "@understudy/postgres";

const texts = ["text", "varchar", "bpchar", "citext", "name"];
const dates = ["date", "timestamp", "timestamptz"];
const integers = ["int2", "int4", "int8"];
const numbers = [...integers, "numeric", "float4", "float8"];

export function isText({ kind, base }: TypeShape): boolean {
  return kind === "base" && texts.includes(base);
}

export function isDate({ kind, base }: TypeShape): boolean {
  return kind === "base" && dates.includes(base);
}

export function isNumber({ kind, base }: TypeShape): boolean {
  return kind === "base" && numbers.includes(base);
}

/** Whether it is this type of Postgres, e.g. `uuid`. */
export function isType(base: string): (shape: TypeShape) => boolean {
  return (shape) => shape.kind === "base" && shape.base === base;
}

export function isInteger(base: string): boolean {
  return integers.includes(base);
}

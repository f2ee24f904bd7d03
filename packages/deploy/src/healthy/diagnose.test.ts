import { expect, test } from "vitest";
import { tellingLines } from "./diagnose.ts";

const lines = (count: number) => Array.from({ length: count }, (_, number) => `line ${number}`);

test("of a log the last lines are told", () => {
  expect(tellingLines(lines(3))).toEqual(lines(3));
  expect(tellingLines(lines(40))).toEqual(lines(40).slice(-15));
});

test("a full disk is told, however much was printed after it", () => {
  const full = "FATAL:  could not write to file: No space left on device";
  expect(tellingLines([full, ...lines(40)])).toEqual([full, "…", ...lines(40).slice(-13)]);
  expect(tellingLines([...lines(40), full])).toEqual([...lines(40).slice(-14), full]);
});

import { expect, it } from "vitest";
import { asOne } from "./watchdogs.ts";

it.each([
  ["nothing stood still", [["ready"], ["ready"]], ["ready"]],
  [
    "all of every machine stand still",
    [
      ["held", "a"],
      ["held", "b", "c"],
    ],
    ["held", "a", "b", "c"],
  ],
  [
    "the longest counts",
    [
      ["released", "30"],
      ["released", "120"],
    ],
    ["released", "120"],
  ],
  [
    "one whose time is up speaks for all",
    [
      ["released", "30"],
      ["expired", "20000"],
    ],
    ["expired", "20000"],
  ],
  ["one that was killed too", [["held", "a"], []], []],
])("%s", (_, lines, said) => {
  expect(asOne(lines)).toEqual(said);
});

import { describe, expect, it } from "vitest";
import { loudSetting } from "./quiet.ts";

/** A server as it comes, for a role that may set what everybody may. */
const usual = {
  log_statement: "none",
  log_min_duration_statement: "-1",
  log_min_duration_sample: "-1",
  log_transaction_sample_rate: "0",
  log_parameter_max_length: "-1",
  log_parameter_max_length_on_error: "0",
  log_min_error_statement: "error",
};

const loud = (changed: Readonly<Record<string, string>>) =>
  loudSetting(new Map(Object.entries({ ...usual, ...changed })));

describe("what a server would log of values, for a role that cannot change it", () => {
  it.each([
    ["as it comes", {}],
    ["data definitions are logged", { log_statement: "ddl" }],
    [
      "slow statements are, without what they were given",
      { log_min_duration_statement: "1000", log_parameter_max_length: "0" },
    ],
    [
      "pgaudit writes statements, without what they were given",
      { "pgaudit.log": "all", "pgaudit.log_parameter": "off" },
    ],
  ])("nothing: %s", (_, changed) => expect(loud(changed)).toBeUndefined());

  it.each([
    ["log_statement", "mod"],
    ["log_statement", "all"],
    ["log_min_duration_statement", "1000"],
    ["log_min_duration_sample", "10"],
    ["log_transaction_sample_rate", "0.5"],
    ["log_parameter_max_length_on_error", "-1"],
    ["auto_explain.log_min_duration", "0"],
    ["pgaudit.log_parameter", "on"],
  ])("%s %s is named", (name, setting) => expect(loud({ [name]: setting })).toEqual({ name, setting }));
});

import { expect, it } from "vitest";
import type { Action, Step } from "../plan/plan-steps.ts";
import type { Lack } from "../plan/preflight.ts";
import { exampleMigration } from "../testing/example.ts";
import { holdBack } from "./hold-back.ts";

const step = (name: string, workflowId: string, action: Action): Step => ({
  migration: exampleMigration({ name, workflowId }),
  action,
});
const lack = (migration: string): Lack => ({ kind: "credential", migration, message: "", next: "" });

it("holds back what lacks something and what follows it, and nothing else", () => {
  const steps = [
    step("1", "a", "create"),
    step("2", "b", "update"),
    step("3", "a", "update"),
    step("4", "b", "update"),
    step("5", "c", "conflict"),
    step("6", "c", "wait"),
    step("7", "d", "none"),
  ];
  const names = (lacks: Lack[]) => holdBack(steps, lacks).map(({ migration }) => migration.name);
  expect(names([lack("2")])).toEqual(["1", "3", "7"]);
  expect(names([lack("3")])).toEqual(["1", "2", "4", "7"]);
  expect(names([])).toEqual(["1", "2", "3", "4", "7"]);
});

import { describe, expect, it } from "vitest";
import { rulesOf, UnreadableSchedule } from "./schedule.ts";
import type { Node } from "./workflow.ts";

const node = (type: string, parameters: Record<string, unknown>, disabled = false): Node => ({
  name: "Start",
  type: `n8n-nodes-base.${type}`,
  typeVersion: 1,
  parameters,
  disabled,
});
const schedule = (...interval: Record<string, unknown>[]) => node("scheduleTrigger", { rule: { interval } });
const cron = (item: Record<string, unknown>) => node("cron", { triggerTimes: { item: [item] } });

describe("the rules of a workflow's schedule", () => {
  it.each([
    ["nothing chosen: midnight", schedule({}), "0 0 0 * * *", 1],
    ["seconds", schedule({ field: "seconds", secondsInterval: 10 }), "*/10 * * * * *", 1],
    ["minutes that divide the hour", schedule({ field: "minutes", minutesInterval: 15 }), "0 */15 * * * *", 1],
    ["minutes that do not", schedule({ field: "minutes", minutesInterval: 45 }), "0 * * * * *", 45],
    [
      "hours that divide the day",
      schedule({ field: "hours", hoursInterval: 6, triggerAtMinute: 5 }),
      "0 5 */6 * * *",
      1,
    ],
    ["hours that do not", schedule({ field: "hours", hoursInterval: 18 }), "0 0 * * * *", 19],
    ["every third day", schedule({ field: "days", daysInterval: 3, triggerAtHour: 4 }), "0 0 4 * * *", 4],
    ["weekdays", schedule({ field: "weeks", triggerAtDay: [1, 3], triggerAtHour: 9 }), "0 0 9 * * 1,3", 1],
    ["every second week", schedule({ field: "weeks", weeksInterval: 2, triggerAtDay: [1, 3] }), "0 0 0 * * 1,3", 5],
    ["quarters", schedule({ field: "months", monthsInterval: 3, triggerAtDayOfMonth: 2 }), "0 0 0 2 */3 *", 1],
    ["every fifth month", schedule({ field: "months", monthsInterval: 5 }), "0 0 0 1 * *", 5],
    ["a cron expression", schedule({ field: "cronExpression", expression: " 0 9 * * 1-5 " }), "0 9 * * 1-5", 1],
    ["the Cron node's own day", cron({}), "0 0 14 * * *", 1],
    ["the Cron node's week", cron({ mode: "everyWeek", weekday: "5", hour: 8 }), "0 0 8 * * 5", 1],
    ["the Cron node's every X", cron({ mode: "everyX", value: 10, unit: "minutes" }), "0 */10 * * * *", 1],
    ["the Cron node's own words", cron({ mode: "custom", cronExpression: "0 30 1 * * *" }), "0 30 1 * * *", 1],
  ])("%s", (_name, start, pattern, oneOf) => {
    expect(rulesOf([start])).toEqual([{ pattern, oneOf, spread: expect.any(Number) }]);
  });

  it("reads each interval of each trigger, and the Interval node", () => {
    const every = node("interval", { interval: 2, unit: "hours" });
    expect(rulesOf([schedule({}, { field: "hours" }), every])).toEqual([
      expect.objectContaining({ pattern: "0 0 0 * * *" }),
      expect.objectContaining({ pattern: "0 0 */1 * * *" }),
      { everyMs: 7_200_000 },
    ]);
  });

  it("finds none where the clock starts nothing", () => {
    expect(rulesOf([node("webhook", { path: "x" }), node("scheduleTrigger", {}, true)])).toEqual([]);
  });

  it.each([
    ["an expression", schedule({ field: "hours", hoursInterval: "={{ 2 }}" })],
    ["a computed cron", schedule({ field: "cronExpression", expression: "={{ $json.cron }}" })],
    ["a field of another version", schedule({ field: "years" })],
    ["days that are no list", schedule({ field: "weeks", triggerAtDay: "monday" })],
  ])("says that it cannot read %s", (_name, start) => {
    expect(() => rulesOf([start])).toThrow(UnreadableSchedule);
  });
});

import type { Node } from "./workflow.ts";

/** When a workflow starts by the clock. */
export interface Schedule {
  /** IANA name. */
  readonly timezone: string;
  /** Any of them starts it. */
  readonly rules: readonly Rule[];
}

export type Rule = CronRule | { readonly everyMs: number };

export interface CronRule {
  /** Six fields, the first one seconds; or five. */
  readonly pattern: string;
  /** A healthy workflow ran at one of the last so many times of the pattern: n8n leaves out the others. */
  readonly oneOf: number;
  /** ms after a time of the pattern within which n8n chooses the moment itself. */
  readonly spread: number;
}

/** A schedule that is not written down but computed, or that nobody understands. */
export class UnreadableSchedule extends Error {}

const minute = 60_000;

const units: Readonly<Record<string, number>> = { seconds: 1_000, minutes: minute, hours: 60 * minute };

/**
 * The rules by which a workflow's trigger nodes start it: Schedule Trigger, and the older Cron and Interval. Empty when
 * the clock does not start it. As in n8n 2.41, `nodes-base/nodes/Schedule/GenericFunctions`, values left out are n8n's.
 * @throws UnreadableSchedule
 */
export function rulesOf(nodes: readonly Node[]): Rule[] {
  return nodes.filter(({ disabled }) => !disabled).flatMap((node) => readers[node.type]?.(node.parameters) ?? []);
}

type Parameters = Readonly<Record<string, unknown>>;

const readers: Readonly<Record<string, (parameters: Parameters) => Rule[]>> = {
  "n8n-nodes-base.scheduleTrigger": ({ rule }) => {
    const { interval = [{}] } = (rule ?? {}) as { interval?: Parameters[] };
    return interval.map(scheduleRule);
  },
  "n8n-nodes-base.cron": ({ triggerTimes }) => {
    const { item = [] } = (triggerTimes ?? {}) as { item?: Parameters[] };
    return item.map(cronRule);
  },
  "n8n-nodes-base.interval": (parameters) => {
    const unit = units[word(parameters, "unit", "seconds")];
    if (!unit) throw new UnreadableSchedule(`unit "${parameters.unit}"`);
    return [{ everyMs: number(parameters, "interval", 1) * unit }];
  },
};

/** Seconds that nobody chose are n8n's: some moment of the minute. */
const someSecond = { oneOf: 1, spread: minute };

function scheduleRule(interval: Parameters): CronRule {
  const field = word(interval, "field", "days");
  const at = () => `0 ${number(interval, "triggerAtMinute", 0)} ${number(interval, "triggerAtHour", 0)}`;
  switch (field) {
    case "cronExpression":
      return exact(interval, "expression");
    case "seconds":
      return { pattern: `*/${number(interval, "secondsInterval", 30)} * * * * *`, oneOf: 1, spread: 0 };
    case "minutes": {
      const every = number(interval, "minutesInterval", 5);
      if (60 % every === 0) return { pattern: `0 */${every} * * * *`, ...someSecond };
      return { pattern: "0 * * * * *", ...someSecond, oneOf: every };
    }
    case "hours": {
      const every = number(interval, "hoursInterval", 1);
      const past = number(interval, "triggerAtMinute", 0);
      if (24 % every === 0) return { pattern: `0 ${past} */${every} * * *`, ...someSecond };
      return { pattern: `0 ${past} * * * *`, ...someSecond, oneOf: outOf(every, 1) };
    }
    case "days":
      return { pattern: `${at()} * * *`, ...someSecond, oneOf: outOf(number(interval, "daysInterval", 1), 1) };
    case "weeks": {
      const days = list(interval, "triggerAtDay", [0]);
      const pattern = `${at()} * * ${days.length ? days.join(",") : "*"}`;
      return { pattern, ...someSecond, oneOf: outOf(number(interval, "weeksInterval", 1), days.length || 7) };
    }
    case "months": {
      const every = number(interval, "monthsInterval", 1);
      const day = number(interval, "triggerAtDayOfMonth", 1);
      if (12 % every === 0) return { pattern: `${at()} ${day} */${every} *`, ...someSecond };
      return { pattern: `${at()} ${day} * *`, ...someSecond, oneOf: every };
    }
    default:
      throw new UnreadableSchedule(`interval "${field}"`);
  }
}

/**
 * Of so many times of a pattern n8n lets the others go by when it runs every second, third, … unit. It counts the hour of
 * the day, the day of the year or the week modulo 24, 365 or 52, so at those seams it may come one unit late.
 */
function outOf(every: number, timesPerUnit: number): number {
  return every === 1 ? 1 : every * timesPerUnit + 1;
}

function cronRule(item: Parameters): CronRule {
  const mode = word(item, "mode", "everyDay");
  const past = () => number(item, "minute", 0);
  const at = () => `0 ${past()} ${number(item, "hour", 14)}`;
  switch (mode) {
    case "everyMinute":
      return { pattern: "0 * * * * *", ...someSecond };
    case "everyHour":
      return { pattern: `0 ${past()} * * * *`, ...someSecond };
    case "everyDay":
      return { pattern: `${at()} * * *`, ...someSecond };
    case "everyWeek":
      return { pattern: `${at()} * * ${number(item, "weekday", 1)}`, ...someSecond };
    case "everyMonth":
      return { pattern: `${at()} ${number(item, "dayOfMonth", 1)} * *`, ...someSecond };
    case "everyX": {
      const every = number(item, "value", 2);
      if (word(item, "unit", "hours") === "minutes") return { pattern: `0 */${every} * * * *`, ...someSecond };
      return { pattern: `0 0 */${every} * * *`, oneOf: 1, spread: 60 * minute };
    }
    case "custom":
      return exact(item, "cronExpression");
    default:
      throw new UnreadableSchedule(`mode "${mode}"`);
  }
}

function exact(parameters: Parameters, name: string): CronRule {
  const pattern = word(parameters, name, "* * * * * *").trim();
  // With five fields n8n takes second 0.
  return { pattern, oneOf: 1, spread: 0 };
}

function word(parameters: Parameters, name: string, otherwise: string): string {
  const value = parameters[name] ?? otherwise;
  if (typeof value !== "string" || value.startsWith("=")) throw new UnreadableSchedule(`${name} is computed`);
  return value;
}

function number(parameters: Parameters, name: string, otherwise: number): number {
  const value = parameters[name] ?? otherwise;
  if (!/^\d+$/.test(String(value))) throw new UnreadableSchedule(`${name} is ${JSON.stringify(value)}`);
  return Number(value);
}

function list(parameters: Parameters, name: string, otherwise: readonly number[]): readonly number[] {
  const value = parameters[name] ?? otherwise;
  if (!Array.isArray(value) || value.some((day) => !/^\d+$/.test(String(day)))) {
    throw new UnreadableSchedule(`${name} is ${JSON.stringify(value)}`);
  }
  return value;
}

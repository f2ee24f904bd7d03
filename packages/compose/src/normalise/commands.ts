import type { Healthcheck, RestartPolicy } from "../model.ts";
import { splitWords } from "../shell-words.ts";
import type { Fields } from "./fields.ts";

/** A command as its words; undefined when the image's own is kept, empty when it is cleared. */
export function readCommand(service: Fields, key: "command" | "entrypoint"): string[] | undefined {
  const value = service.get(key);
  if (value === undefined) return undefined;
  if (value.kind === "sequence") return service.list(key);
  return splitWords(service.text(key) ?? "") ?? service.refuse(key, "has an open quote");
}

export function readHealthcheck(service: Fields): Healthcheck | undefined {
  if (!service.get("healthcheck")) return undefined;
  const check = service.inside("healthcheck");
  const test = readTest(check);
  const disable = check.flag("disable") === true || test?.[0] === "NONE";
  return {
    disable,
    test: disable ? undefined : test,
    interval: check.duration("interval"),
    timeout: check.duration("timeout"),
    startPeriod: check.duration("start_period"),
    startInterval: check.duration("start_interval"),
    retries: check.integer("retries"),
  };
}

function readTest(check: Fields): string[] | undefined {
  const value = check.get("test");
  if (value === undefined) return undefined;
  if (value.kind === "scalar") return ["CMD-SHELL", String(value.value)];
  const test = check.list("test");
  if (!["NONE", "CMD", "CMD-SHELL"].includes(test[0] ?? ""))
    check.refuse("test", "must start with CMD, CMD-SHELL or NONE");
  return test;
}

export function readRestart(service: Fields): RestartPolicy {
  const text = service.text("restart") ?? "no";
  const match = /^(no|always|unless-stopped|on-failure)(?::(\d+))?$/.exec(text === "false" ? "no" : text);
  if (!match || (match[2] && match[1] !== "on-failure")) {
    service.refuse("restart", `is '${text}', which is not no, always, unless-stopped or on-failure[:times]`);
  }
  const [, name, times] = match;
  return { name: name as RestartPolicy["name"], maximumRetryCount: times === undefined ? undefined : Number(times) };
}

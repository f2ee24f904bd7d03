import { audit, operator, runVerb, table, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, environmentFlags, type Target } from "@understudy/environment";
import { duration, instant } from "../alerts/words.ts";
import { joinHistory } from "../history/join-history.ts";
import { lengthOfTime } from "../history/length-of-time.ts";
import { assertKnown } from "../history/overview.ts";
import type { Silence } from "../history/silences.ts";
import type { Store } from "../history/store.ts";

interface Flags extends EnvironmentChoice {
  for?: string;
  why?: string;
  end?: string;
  list?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "health:silence",
  description: "Send no alerts for a check, or for all checks of a service, for a while. It goes on being looked at.",
  examples: [
    'pnpm health:silence "n8n readiness" --for 1h --why "upgrade of n8n"',
    'pnpm health:silence letta --production --for 30m --why "known, Ada is on it"',
    "pnpm health:silence --list",
    'pnpm health:silence --end "n8n readiness"',
  ],
  configure: (command) =>
    environmentFlags(command.argument("[check]", "a check, or a service"))
      .option("--for <time>", "how long: 30m, 12h, 7d")
      .option("--why <text>", "the reason, for those who ask later")
      .option("--list", "show what is silenced")
      .option("--end <check>", "end a silence early")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags, check?: string) => {
    const act = chooseAct(flags, check);
    const target = chooseTarget(flags);
    using store = joinHistory(target);
    const now = Date.now();
    const said = act(store, target, now);
    const silences = store.silences(now);
    const result = { environment: target.environment.name, silences: silences.map(asJson) };
    process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : (said ?? list(target, silences, now)));
  },
});

/** Returns a line for people; nothing where the list is the answer. */
type Act = (store: Store, target: Target, now: number) => string | undefined;

/** @throws UserError unless the flags ask for one thing, and all of it */
function chooseAct(flags: Flags, check: string | undefined): Act {
  const asked = [check, flags.end, flags.list].filter((flag) => flag !== undefined);
  if (asked.length !== 1) throw wrong("Name one check or service, or give --list, or --end <check>");
  if (check === undefined && (flags.for ?? flags.why) !== undefined) throw wrong("--for and --why go with a check");
  if (flags.list) return () => undefined;
  if (flags.end !== undefined) return end(flags.end);
  const why = flags.why?.trim();
  if (check === undefined || flags.for === undefined || !why)
    throw wrong("A silence needs --for <time> and --why <text>");
  return silence(check, lengthOfTime(flags.for, "--for"), why);
}

function silence(check: string, length: number, why: string): Act {
  return (store, target, now) => {
    const known = store.latest();
    assertKnown("check or service", check, [...new Set(known.flatMap((last) => [last.service, last.check]))]);
    const until = now + length;
    store.silence({ check, until, why, who: operator(), at: now });
    auditSilence(target, { check, until: new Date(until).toISOString(), why });
    return `No alerts for ${check} of ${target.environment.name} until ${instant(until)}, for ${duration(length)}\n`;
  };
}

function end(check: string): Act {
  return (store, target, now) => {
    const silenced = store.silences(now).map((one) => one.check);
    if (!store.unsilence({ check, who: operator(), at: now })) {
      throw new UserError(`"${check}" of ${target.environment.name} is not silenced`, {
        next: silenced.length ? `Silenced are: ${silenced.join(", ")}` : "Nothing is",
      });
    }
    auditSilence(target, { check, ended: true });
    return `Alerts for ${check} of ${target.environment.name} are sent again\n`;
  };
}

function auditSilence({ installation, environment }: Target, detail: unknown): void {
  audit(installation, { what: "health:silence", environment: environment.name, result: "succeeded", detail });
}

function list({ environment }: Target, silences: readonly Silence[], now: number): string {
  if (silences.length === 0) return `Nothing of ${environment.name} is silenced\n`;
  const rows = silences.map(({ check, until, why, who }) => [check, instant(until), duration(until - now), who, why]);
  return `${table(["check", "until", "left", "by", "why"], rows)}\n`;
}

function asJson({ until, at, ...silence }: Silence) {
  return { ...silence, at: new Date(at).toISOString(), until: new Date(until).toISOString() };
}

function wrong(message: string): UserError {
  return new UserError(message, { next: "pnpm health:silence --help shows the flags", exitCode: 2 });
}

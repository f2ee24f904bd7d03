import { join } from "node:path";
import { messageOf, openLog, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, readEnvironmentFile, type Target } from "@understudy/environment";
import { openChannels } from "../alerts/channels/registry.ts";
import { openHistory } from "../history/history.ts";
import { historyFile } from "../history/history-file.ts";
import { LogCollector } from "../logs/collector.ts";
import { Metrics } from "./api/metrics.ts";
import { buildServer } from "./api/server.ts";
import { Beats } from "./beats.ts";
import { DeadMan } from "./dead-man.ts";
import { type Kept, Monitor } from "./monitor.ts";
import { SoleWatcher } from "./sole-watcher.ts";
import { systemClock } from "./stalls.ts";
import { Subject } from "./subject.ts";

export interface MonitorRequest extends EnvironmentChoice {
  /** `address:port`; default: as the settings say, with the environment's port offset. */
  readonly listen?: string;
  /** End quietly when one runs already. */
  readonly ifAbsent?: boolean;
  /** Nothing of the stack itself: neither its checks nor what its containers print. */
  readonly checksOnly?: boolean;
}

/** Bytes that one service's output may fill in a day. */
const dailyLogLimit = 100_000_000;

/**
 * Watch an environment until the signal comes.
 * @param say says a line to the person
 * @throws UserError for settings, definitions or channels that are wrong, and when one watches it already
 */
export async function runMonitor(
  request: MonitorRequest,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const target = chooseTarget(request);
  const { installation, environment, settings } = target;
  const held = SoleWatcher.become(installation, environment.name);
  if ("heldBy" in held) {
    if (request.ifAbsent) return;
    throw new UserError(`A monitor of ${environment.name} runs already, as ${held.heldBy}`, {
      next: "Stop that one first",
    });
  }
  using _sole = held;
  const log = openLog(installation, "health", `monitor-${environment.name}`);
  const envFile = readEnvironmentFile(target);
  const deadMan = DeadMan.of(settings.monitor, envFile, log);
  const channels = openChannels(settings, environment.name, envFile);
  await using history = await openHistory(historyFile(installation, environment.name), {
    maxBytes: settings.monitor.historyMegabytes * 1_000_000,
    historyDays: settings.retention.historyDays,
    report: (problem) => log.error({ error: messageOf(problem) }, "upkeep of the history failed"),
  });
  const kept = (await history.loadState()) as Kept | undefined;
  const beats = await Beats.load(history);
  await using subject = await Subject.open(target, {
    checksOnly: request.checksOnly ?? false,
    lastBeat: (name) => beats.last(name),
  });
  const metrics = new Metrics(environment.name);
  const collector = request.checksOnly ? undefined : collectLogs(target, kept, (line) => log.error(line));
  const monitor = await Monitor.resume(
    { target, subject, history, channels, metrics, collector, log, clock: systemClock },
    kept,
  );
  const server = buildServer({ environment: environment.name, monitor, subject, metrics, history, beats }, log);
  const address = await listen(
    server,
    request.listen ?? settings.monitor.listen,
    request.listen ? 0 : environment.portOffset,
  );
  say(
    `Watching ${environment.name}: ${subject.checks.length} checks every ${settings.monitor.intervalSeconds} s, ${address}`,
  );
  if (channels.size === 0) say("Nobody hears of problems: no alerts.channels in understudy.yml (docs/alerts.md)");
  log.info({ checks: subject.checks.length, channels: [...channels.keys()], address }, "the monitor begins");
  try {
    await Promise.all([monitor.run(signal), deadMan?.run(monitor, signal)]);
  } finally {
    await server.close();
    log.info("the monitor ends");
  }
}

function collectLogs({ installation, environment }: Target, kept: Kept | undefined, report: (line: string) => void) {
  return new LogCollector(
    {
      folder: join(installation.logsDir, "services", environment.name),
      dailyLimit: dailyLogLimit,
      now: Date.now,
      report: (service, problem) => report(`${service}: ${problem}`),
    },
    kept?.logsUntil,
  );
}

async function listen(server: ReturnType<typeof buildServer>, wanted: string, offset: number): Promise<string> {
  const at = wanted.lastIndexOf(":");
  const host = wanted.slice(0, at).replace(/^\[(.*)\]$/, "$1");
  const port = Number(wanted.slice(at + 1)) + offset;
  if (!host || !Number.isInteger(port) || port > 65_535) {
    throw new UserError(`"${wanted}" is no address to listen on`, { next: "Write it as 127.0.0.1:9464", exitCode: 2 });
  }
  try {
    return await server.listen({ host, port });
  } catch (error) {
    throw new UserError(`The monitor cannot listen on ${host}:${port}: ${messageOf(error)}`, {
      next: "Set monitor.listen in understudy.yml, or --listen, to a free port",
      cause: error,
    });
  }
}

import { runVerb } from "@understudy/core";
import { environmentFlags } from "@understudy/environment";
import { type MonitorRequest, runMonitor } from "../monitor/run-monitor.ts";

await runVerb(import.meta.url, {
  name: "health:monitor",
  description: "Watch an environment until it is stopped: checks, history, alerts, metrics. docs/health.md",
  examples: [
    "pnpm health:monitor --production",
    "pnpm health:monitor --staging --listen 127.0.0.1:9500",
    "pnpm health:install --production    # as a service of the machine",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option(
        "--listen <address:port>",
        "where metrics, API, badge and heartbeats are served; default: as the settings say",
      )
      .option("--if-absent", "end quietly when a monitor of the environment runs already")
      .option(
        "--checks-only",
        "only the checks of checks/, not those of the stack; containers' output is not collected",
      ),
  run: async (flags: MonitorRequest) => {
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
    await runMonitor(flags, stop.signal, (line) => process.stdout.write(`${line}\n`));
    // All is written. A look that its engine never answers would keep the process for minutes.
    process.exit(0);
  },
});

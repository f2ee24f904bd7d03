import type { Target } from "@understudy/environment";
import { historyFile } from "./history-file.ts";
import { Store } from "./store.ts";

/** Open the history of an environment beside its monitor. @throws UserError if there is none yet */
export function joinHistory({ installation, environment, settings }: Target): Store {
  return Store.join(historyFile(installation, environment.name), {
    maxBytes: settings.monitor.historyMegabytes * 1_000_000,
    historyDays: settings.retention.historyDays,
  });
}

import { countInWords } from "@understudy/core";
import type { SyncService } from "../client/sync-service.ts";

/** ms. */
const between = 2_000;

/** Say on stderr how much went over, every other second of an exchange that takes that long. */
export function showExchanges(service: SyncService): void {
  let [began, said, sent, received] = [0, 0, 0, 0];
  service.on("sync_started", () => {
    began = performance.now();
    [said, sent, received] = [began, 0, 0];
  });
  service.on("exchanged", (exchange) => {
    sent += exchange.sent;
    received += exchange.received;
    const now = performance.now();
    if (now - said < between) return;
    said = now;
    const rate = Math.round((sent + received) / ((now - began) / 1_000));
    process.stderr.write(
      `${countInWords(sent)} sent, ${countInWords(received)} received, ${countInWords(rate)} a second\n`,
    );
  });
}

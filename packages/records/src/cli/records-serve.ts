import { readFileSync } from "node:fs";
import { openLog, readSecretFile, runVerb, UserError } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { Metrics } from "../http/metrics.ts";
import { createSyncServer } from "../http/sync-server.ts";
import { openStore, placeOf, retentionOf, serverOptions } from "./open-manager.ts";

interface Flags extends EnvironmentChoice {
  readonly listen?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

const day = 86_400_000;

await runVerb(import.meta.url, {
  name: "records:serve",
  description: "Serve records to nodes until it is stopped. docs/records.md",
  examples: [
    "pnpm records:serve --production",
    "pnpm records:serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option("--listen <address:port>", "default: as the settings say")
      .option("--tls-cert <file>", "serve HTTPS with this certificate (PEM)")
      .option("--tls-key <file>", "and this key"),
  run: async (flags: Flags) => {
    const place = placeOf(flags);
    const { settings, installation, environment } = place.target;
    const { enabled, serveOn, tokenDays, largestMegabytes, filters } = settings.records;
    if (!enabled) throw new UserError("records.enabled is false in understudy.yml", { next: "Set it to true" });
    if ((flags.tlsCert === undefined) !== (flags.tlsKey === undefined)) {
      throw new UserError("--tls-cert and --tls-key go together", { exitCode: 2 });
    }
    const { host, port } = addressOf(flags.listen ?? serveOn, flags.listen ? 0 : environment.portOffset);
    const log = openLog(installation, "records", `serve-${environment.name}`);
    const retention = retentionOf(place);
    await using server = await createSyncServer({
      ...serverOptions(place),
      postgres: await openStore(place),
      enrolmentSecret: place.variable("RECORDS_ENROLMENT_SECRET"),
      adminToken: place.variable("RECORDS_ADMIN_TOKEN"),
      tokenLife: tokenDays * day,
      largestBody: largestMegabytes * 1_000_000,
      largestPacket: largestMegabytes * 4_000_000,
      retention,
      filtersOf: (code) => filters[code] ?? {},
      metrics: new Metrics(retention.tombstones),
      trace: (exchange) => log.debug(exchange, "exchange"),
      report: (error, request) => log.error({ error, ...request }, "an answer failed"),
      ...(flags.tlsCert && flags.tlsKey
        ? { tls: { cert: readFileSync(flags.tlsCert, "utf8"), key: readSecretFile(flags.tlsKey) } }
        : {}),
    });
    const address = await server.listen(host, port);
    const tables = server.manager.entities.map(({ name }) => name);
    process.stdout.write(`Serving ${tables.join(", ") || "no table yet: pnpm records:enable <table>"} at ${address}\n`);
    log.info({ address, tables }, "the server begins");
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    });
  },
});

function addressOf(listen: string, offset: number): { host: string; port: number } {
  const [, host = "", port = ""] = /^(.+):(\d+)$/.exec(listen) ?? [];
  if (!host) throw new UserError(`"${listen}" is no address:port`, { exitCode: 2 });
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) + offset };
}

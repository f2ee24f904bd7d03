import { UserError } from "@understudy/core";
import type { Server, Side } from "@understudy/data";

/**
 * Whether one can become a copy of the other: its server must not be older, and must have the extensions.
 * @throws UserError naming what is in the way.
 */
export async function refuseIncompatible(production: Side, staging: Side): Promise<void> {
  const [from, to] = await Promise.all([facts(production.server), facts(staging.server)]);
  if (major(to.version) < major(from.version)) {
    throw new UserError(`Staging's Postgres ${major(to.version)} is older than production's ${major(from.version)}`, {
      next: "Give staging the same or a newer image of Postgres, then deploy it",
    });
  }
  const missing = from.extensions.filter((name) => !to.available.has(name));
  if (missing.length === 0) return;
  throw new UserError(`Staging's Postgres lacks the extensions ${missing.join(", ")}`, {
    next: "Give staging the same image of Postgres as production, then deploy it",
  });
}

async function facts(server: Server) {
  await using session = await server.connect("postgres");
  const [version] = await session.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  const available = await session.query<{ name: string }>("SELECT name FROM pg_available_extensions");
  const used = await session.query<{ name: string }>("SELECT extname AS name FROM pg_extension");
  return {
    version: version?.version ?? 0,
    available: new Set(available.map(({ name }) => name)),
    extensions: used.map(({ name }) => name),
  };
}

function major(version: number): number {
  return Math.floor(version / 10_000);
}

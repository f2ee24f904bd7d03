import type { Server } from "@understudy/data";
import type { Manifest } from "../manifest/manifest.ts";

/** Workflows of a trial are not to run: their triggers would work on copies of real data. */
export async function silenceWorkflows(server: Server, { databases }: Manifest): Promise<void> {
  for (const { name, tables } of databases) {
    if (!tables.some(({ id }) => id === "public.workflow_entity")) continue;
    await using session = await server.connect(name);
    const published = await session.query(
      `SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'public.workflow_entity'::regclass AND attname = 'activeVersionId'`,
    );
    await session.query(
      `UPDATE public.workflow_entity SET active = false${published.length ? `, "activeVersionId" = NULL` : ""}`,
    );
  }
}

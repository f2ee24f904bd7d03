import { type ContainerInspectInfo, label, statusOf, UserError } from "@understudy/core";
import type { Server, Side } from "@understudy/data";
import { managedPostgres } from "@understudy/environment";
import { recipes } from "@understudy/images";
import { quoteLiteral, quoteName, scramVerifier } from "@understudy/postgres";
import type { Like } from "./scratch.ts";

/** What a Postgres to try a backup in is started like: the live one; where somebody else runs that, one of ours. @throws UserError */
export async function trialPostgres(side: Side, live: ContainerInspectInfo | undefined): Promise<Like> {
  const { environment, envFile, model } = side.stack;
  const managed = managedPostgres(model);
  if (!managed && live) return live;
  if (!managed) throw new UserError(`${environment.name} has no Postgres to start another one like it`);
  const { Id, Config } = await findImage(side, managed.trial);
  const password = `POSTGRES_PASSWORD=${envFile.values.POSTGRES_PASSWORD ?? ""}`;
  const labels = { ...Config.Labels, [label.service]: "postgres" };
  return {
    ...{ Id, Image: Id, Mounts: [] },
    Config: { ...Config, Env: [...(Config.Env ?? []), password], Labels: labels },
    HostConfig: { ShmSize: 268_435_456 },
  };
}

/** The roles of a managed server come without passwords: the stack's own get those that its services have. */
export async function givePasswords(server: Server, { stack }: Side): Promise<void> {
  const { databases } = managedPostgres(stack.model) ?? { databases: [] };
  if (databases.length === 0) return;
  await using admin = await server.connect("postgres");
  for (const { name, variable } of databases) {
    const verifier = scramVerifier(stack.envFile.values[variable] ?? "");
    await admin.query(`ALTER ROLE ${quoteName(name)} LOGIN PASSWORD ${quoteLiteral(verifier)}`);
  }
}

/** The official image, or our own build of it. */
async function findImage({ engine }: Side, reference: string) {
  const built = (await recipes()).find(({ official }) => official === reference)?.tag;
  for (const name of [reference, ...(built ? [built] : [])]) {
    try {
      return await engine.docker.getImage(name).inspect();
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }
  throw new UserError(`${engine.host} lacks the image ${reference}, a Postgres to try the backup in`, {
    next: "A deploy brings it, or on this machine: pnpm images:build postgres",
  });
}

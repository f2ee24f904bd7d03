import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, label, placeFiles, startAttached } from "@understudy/core";
import { type DesiredStack, managedPostgres, postgresUser, type Reach } from "@understudy/environment";
import { PostgresError } from "@understudy/postgres";
import { removeContainer } from "../volumes/incoming.ts";
import { type Server, serverIn } from "./server.ts";
import { untilInputEnds } from "./until-input-ends.ts";

/** ms, for the gateway to listen. */
const patience = 20_000;

/**
 * The managed server of a stack that need not run yet: through a gateway like the stack's own, from the stack's own host, which ends with us.
 * @param image id of the gateway's, on that host
 * @throws PostgresError in one line when the server cannot be reached, trusted or logged in to.
 */
export async function openManagedServer(
  engine: Engine,
  reach: Reach,
  { stack, image }: { readonly stack: DesiredStack; readonly image: string },
): Promise<Server> {
  const { environment, envFile, model } = stack;
  await using opened = new AsyncDisposableStack();
  const id = await startGateway(engine, stack, image);
  opened.defer(() => removeContainer(engine, id));
  const server = opened.use(
    await serverIn(engine, reach, {
      container: await engine.docker.getContainer(id).inspect(),
      environment: environment.name,
      user: postgresUser(model),
      password: envFile.values.POSTGRES_PASSWORD ?? "",
      managed: managedPostgres(model)?.place,
    }),
  );
  await awaitLogin(server);
  const all = opened.move();
  return { ...server, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

async function startGateway(engine: Engine, { environment, model }: DesiredStack, Image: string): Promise<string> {
  const service = model.services.postgres;
  if (!service) throw new Error("a stack without the service postgres has no managed one");
  const files = service.secrets.map(
    ({ source, target }) => [target, { content: model.secrets[source]?.content ?? "" }] as const,
  );
  const { id, stream } = await startAttached(
    engine,
    {
      ...untilInputEnds(service.command ?? []),
      Image,
      ...(service.user ? { User: service.user } : {}),
      Env: Object.entries(service.environment).map(([name, value]) => `${name}=${value}`),
      Labels: { [label.environment]: environment.name },
    },
    (container) => placeFiles(container, Object.fromEntries(files)),
  );
  stream.on("error", () => {}).resume();
  return id;
}

/** Whatever else the gateway or the server says is the answer. */
async function awaitLogin(server: Server): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      await using _ = await server.connect("postgres");
      return;
    } catch (error) {
      const starts = error instanceof PostgresError && error.code === "ECONNREFUSED";
      if (!starts || Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

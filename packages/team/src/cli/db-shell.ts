import { spawn } from "node:child_process";
import { openEngine, runVerb, UserError } from "@understudy/core";
import { serviceContainer } from "@understudy/data";
import {
  chooseTarget,
  type EnvironmentChoice,
  environmentFlags,
  managedPostgres,
  stackOf,
} from "@understudy/environment";

await runVerb(import.meta.url, {
  name: "db:shell",
  description: "Open SQL (psql) on an environment's Postgres, as its superuser.",
  examples: [
    "pnpm db:shell                  # database app of staging",
    "pnpm db:shell n8n",
    "echo 'SELECT 1' | pnpm --silent db:shell",
  ],
  configure: (command) => environmentFlags(command.argument("[database]", "app unless told")),
  run: async (choice: EnvironmentChoice, database = "app") => {
    const stack = await stackOf(chooseTarget(choice));
    const { name } = stack.environment;
    const managed = managedPostgres(stack.model);
    if (managed) {
      const { place, user } = managed;
      const [address, port] = [place.slice(0, place.lastIndexOf(":")), place.slice(place.lastIndexOf(":") + 1)];
      throw new UserError(`${name}'s Postgres is the managed one at ${place}, and has no container to open SQL in`, {
        next: `From where it is reached: psql "host=${address} port=${port} user=${user} dbname=${database} sslmode=verify-full"`,
      });
    }
    await using engine = await openEngine(stack.environment);
    const container = await serviceContainer(engine, stack, "postgres");
    if (!container?.State.Running) {
      throw new UserError(`${name}'s Postgres does not run`, { next: `See pnpm status --environment ${name}` });
    }
    // Inside the container its superuser needs no password.
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
    const command = [
      "exec",
      "--interactive",
      ...terminal,
      container.Id,
      "psql",
      "--username=postgres",
      `--dbname=${database}`,
    ];
    const child = spawn("docker", command, {
      stdio: "inherit",
      env: { ...process.env, DOCKER_HOST: engine.dockerHost },
    });
    return await new Promise<number>((resolve, reject) => {
      child.once("error", () =>
        reject(new UserError("The program docker is not here", { next: "Install the Docker CLI" })),
      );
      child.once("exit", (code) => resolve(code ?? 1));
    });
  },
});

import { spawn } from "node:child_process";
import { openEngine, runVerb, UserError } from "@understudy/core";
import { serviceContainer } from "@understudy/data";
import { chooseTarget, type EnvironmentChoice, environmentFlags, stackOf } from "@understudy/environment";

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

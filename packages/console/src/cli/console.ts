import {
  findInstallation,
  formatUserError,
  InvalidArgumentError,
  loadSettings,
  openLog,
  runVerb,
  UserError,
} from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { Accounts } from "../access/accounts.ts";
import { buildPage, isPageCurrent } from "../build-page.ts";
import { agentBeside } from "../full-sync.ts";
import { builtPage, createConsole } from "../serve-console.ts";
import { whoseAgent } from "../whose-agent.ts";

await runVerb(import.meta.url, {
  name: "console",
  description: "Serve the web console until it is stopped: everything that the commands do, on a page. docs/console.md",
  examples: [
    "pnpm console",
    "pnpm console --port 9000",
    "pnpm console --production    # its full syncs are production's; else of the environment that has PEERS_DATABASE_URL",
  ],
  configure: (command) =>
    environmentFlags(command)
      .option("--port <port>", "another one than console.address of understudy.yml says", port)
      .option("--no-build", "do not build the page, even if it is old"),
  run: async ({ port: asked, build, ...choice }: EnvironmentChoice & { port?: number; build: boolean }) => {
    // All environments are shown; the agent is of one.
    const installation = findInstallation();
    const settings = loadSettings(installation);
    const isNamed = choice.environment ?? choice.production ?? choice.staging;
    const target = chooseTarget(isNamed ? choice : { environment: whoseAgent(installation, settings) });
    const { host, port } = addressOf(settings.console.address, asked);
    if (build && !isPageCurrent()) {
      process.stderr.write("Building the page, once …\n");
      await buildPage();
    }
    const log = openLog(installation, "console", "console");
    const options = { installation, settings, host, port, page: builtPage, log };
    let agentOf: string | undefined = target.environment.name;
    const server = await createConsole({ ...options, beside: agentBeside(target, log) }).catch((error) => {
      if (!(error instanceof UserError)) throw error;
      // All else can be seen and done without it.
      process.stderr.write(`warning: full sync is not to be had: ${formatUserError(error)}\n`);
      agentOf = undefined;
      return createConsole(options);
    });
    try {
      await server.listen({ host, port });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      throw new UserError(`${host}:${port} is taken`, { next: "Name another port: pnpm console --port 9000" });
    }
    const address = settings.console.publicUrl ?? `http://${host === "127.0.0.1" ? "localhost" : host}:${port}`;
    process.stdout.write(`The console is at ${address}\n`);
    using accounts = Accounts.of(installation);
    if (!accounts.hasUsers()) {
      process.stdout.write("Nobody may log in yet. Make a user: pnpm console:user <name> --role operator\n");
    }
    if (agentOf) process.stdout.write(`Full syncs are those of ${agentOf}\n`);
    log.info({ address, agentOf }, "the console begins");
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    });
    await server.close();
  },
});

function addressOf(listen: string, asked: number | undefined): { host: string; port: number } {
  const at = listen.lastIndexOf(":");
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ""), port: asked ?? Number(listen.slice(at + 1)) };
}

function port(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError("1 to 65535 is expected.");
}

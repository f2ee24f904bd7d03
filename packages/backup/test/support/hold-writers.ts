import { randomBytes } from "node:crypto";
import { type ContainerInspectInfo, connectEngine, type Engine } from "@understudy/core";
import { removeContainer } from "@understudy/data";

/** Containers that write, of a stack of their own. Removed at the end. */
export interface WriterStack extends AsyncDisposable {
  readonly engine: Engine;
  readonly stackName: string;
  start(writer: Writer): Promise<ContainerInspectInfo>;
  /** The state letter of each of a container's processes, as ps(1) has it. */
  states(container: ContainerInspectInfo): Promise<readonly string[]>;
  /** What it has printed. */
  printed(container: ContainerInspectInfo): Promise<readonly string[]>;
}

interface Writer {
  readonly image: "toolbox" | "n8n";
  readonly command: readonly string[];
  readonly user?: string;
  /** With docker-init as its first process. */
  readonly init?: boolean;
}

/** Prints a line ten times a second. */
export const ticking: Writer = {
  image: "toolbox",
  command: ["bash", "-c", "while :; do echo line; sleep 0.1; done"],
};

/** Forks, and vforks, all the time, several at once; each line is printed by a process of its own. A zombie lies beside. */
export const forking: Writer = {
  image: "toolbox",
  command: [
    "bash",
    "-c",
    "sleep 0 & for n in 1 2 3; do dash -c 'while :; do /bin/echo line; done' & done; exec sleep 1000",
  ],
};

/** Under docker-init: root starts a program that goes on as another user. */
export const switching: Writer = {
  image: "toolbox",
  user: "0:0",
  init: true,
  command: ["bash", "-c", "setpriv --reuid 33 --clear-groups bash -c 'while :; do echo line; sleep 0.05; done'; true"],
};

/** Answers each request once a line with the time is in a file; a process of its own writes the time every 2 ms, too. */
export const serving: Writer = {
  image: "n8n",
  command: [
    "node",
    "-e",
    `const { appendFileSync } = require("node:fs");
    const write = () => appendFileSync("/tmp/" + process.pid, Date.now() + "\\n");
    const serve = (request, response) => request.resume().on("end", () => { write(); response.end("written"); });
    if (process.argv[1] === "child") setInterval(write, 2);
    else {
      require("node:child_process").spawn("node", ["-e", process.execArgv.at(-1), "child"], { stdio: "inherit" });
      require("node:http").createServer(serve).listen(8080);
    }`,
  ],
};

export async function startWriters(): Promise<WriterStack> {
  const all = new AsyncDisposableStack();
  const engine = all.use(await connectEngine("local"));
  return {
    engine,
    stackName: `ush-${randomBytes(4).toString("hex")}`,
    start: async ({ image, command: [program = "", ...args], user, init = false }) => {
      const container = await engine.docker.createContainer({
        Image: await tagOf(engine, image),
        Entrypoint: [program],
        Cmd: args,
        ...(user ? { User: user } : {}),
        HostConfig: { Init: init },
      });
      all.defer(() => removeContainer(engine, container.id));
      await container.start();
      return container.inspect();
    },
    states: async ({ Id }) => {
      const { Processes } = await engine.docker.getContainer(Id).top({ ps_args: "-eo pid,stat" });
      return Processes.map(([, state]: string[]) => state?.[0]);
    },
    printed: async ({ Id }) => {
      const log = await engine.docker.getContainer(Id).logs({ stdout: true, stderr: true, follow: false });
      return log.toString().trim().split("\n");
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function tagOf(engine: Engine, recipe: string): Promise<string> {
  const [image] = await engine.docker.listImages({ filters: { reference: [`understudy/${recipe}`] } });
  const tag = image?.RepoTags?.[0];
  if (!tag) throw new Error(`needs the image understudy/${recipe}: ./understudy --yes setup && pnpm deploy:staging`);
  return tag;
}

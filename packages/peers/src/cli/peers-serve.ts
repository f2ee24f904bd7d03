import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { openLog, readSecretFile, runVerb, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, environmentFlags, type Target } from "@understudy/environment";
import { agentPlugins } from "../agent/agent-plugins.ts";
import { createAgent } from "../agent/create-agent.ts";

await runVerb(import.meta.url, {
  name: "peers:serve",
  description: "Run this server's agent until it is stopped: peers reach its database through it. docs/full-sync.md",
  examples: ["pnpm peers:serve --production", "pnpm peers:serve --production --listen 0.0.0.0:8095"],
  configure: (command) => environmentFlags(command).option("--listen <address:port>", "default: as the settings say"),
  run: async ({ listen, ...choice }: EnvironmentChoice & { listen?: string }) => {
    const target = chooseTarget(choice);
    const { settings, environment, installation } = target;
    const { host, port } = addressOf(listen ?? settings.peers.agentOn, listen ? 0 : environment.portOffset);
    const log = openLog(installation, "peers", `serve-${environment.name}`);
    const tls = certificateOf(target);
    await using agent = await createAgent({ plugins: await agentPlugins(target, { log }), tls, log });
    const address = await agent.listen(host, port);
    log.info({ address }, "the agent begins");
    process.stdout.write(`The agent of ${environment.name} serves at ${address}\n`);
    if (!tls && !/^127\.|^::1$|^localhost$/.test(host)) {
      process.stderr.write("warning: without peers.certificate, what it sends can be read on the way\n");
    }
    await new Promise<void>((stop) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop());
    });
  },
});

function certificateOf({ settings, installation }: Target): { cert: string; key: string } | undefined {
  const { certificate, certificateKey } = settings.peers;
  if (!certificate && !certificateKey) return undefined;
  if (!certificate || !certificateKey) {
    throw new UserError("peers.certificate and peers.certificateKey go together", {
      next: "Set both in understudy.yml",
    });
  }
  const cert = readFileSync(resolve(installation.root, certificate), "utf8");
  return { cert, key: readSecretFile(resolve(installation.root, certificateKey)) };
}

function addressOf(listen: string, offset: number): { host: string; port: number } {
  const [, host = "", port = ""] = /^(.+):(\d+)$/.exec(listen) ?? [];
  if (!host) throw new UserError(`"${listen}" is no address:port`, { exitCode: 2 });
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) + offset };
}

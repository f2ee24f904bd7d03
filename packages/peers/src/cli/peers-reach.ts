import {
  type AgentAccess,
  agentAccess,
  audit,
  connectEngine,
  findInstallation,
  keepAgentAccess,
  parseAgentHost,
  pinAgent,
  runVerb,
} from "@understudy/core";

interface Flags {
  readonly token?: string;
  readonly json?: boolean;
}

await runVerb(import.meta.url, {
  name: "peers:reach",
  description:
    "Let this installation reach a server's Docker engine through its agent, as `host: agent://…` of an environment or of teamSync.place. Pins its certificate. Without a token: whether it does.",
  examples: [
    "pnpm peers:reach agent://192.168.0.112:8095 --token $(cat token)",
    "pnpm peers:reach agent://192.168.0.112:8095      # look again",
  ],
  configure: (command) =>
    command
      .argument("<host>", "agent://address:port")
      .option("--token <token>", "that pnpm peers:token --docker made there; else PEERS_TOKEN")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ token = process.env.PEERS_TOKEN, json }: Flags, given: string) => {
    const installation = findInstallation();
    const host = parseAgentHost(given);
    const known: AgentAccess | undefined = token === undefined ? agentAccess(host, installation) : undefined;
    if (token !== undefined) {
      const fingerprint = await pinAgent(host);
      keepAgentAccess(installation, host, { token, fingerprint });
      audit(installation, {
        what: "peers:reach",
        environment: "all",
        result: "succeeded",
        detail: { host: given, fingerprint },
      });
    }
    await using engine = await connectEngine(given);
    const { Version: version } = await engine.docker.version();
    const { fingerprint } = known ?? agentAccess(host, installation);
    const line = `Docker ${version} answers through ${given}${fingerprint ? `\nIts certificate: ${fingerprint}` : ""}`;
    process.stdout.write(json ? `${JSON.stringify({ host: given, version, fingerprint })}\n` : `${line}\n`);
  },
});

import type { Log } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { resumeFullSync } from "../drive/full-sync.ts";
import { type AdminOptions, adminPlugin, byToken } from "../http/admin-plugin.ts";
import { addDockerRelay } from "../http/docker-relay.ts";
import { peersPlugin } from "../http/peers-plugin.ts";
import { Peers } from "../peers.ts";
import { servePeriodic } from "../periodic/serve-periodic.ts";
import { SharedPeriodic } from "../periodic/shared-periodic.ts";
import type { AgentPlugin } from "./create-agent.ts";

export interface AgentPluginOptions {
  /** Who asks the admin API; without: whoever shows PEERS_ADMIN_TOKEN. */
  readonly authorise?: AdminOptions["authorise"];
  readonly log: Log;
}

/**
 * The agent's plugins as an environment's settings say: peers, their admin API, and periodic sync on either side of it. Sessions whose
 * process died are taken up again.
 */
export async function agentPlugins(target: Target, { authorise, log }: AgentPluginOptions): Promise<AgentPlugin[]> {
  const peers = new Peers(target);
  const { periodic: wanted } = peers.settings;
  const periodic = peers.database && wanted.with ? await SharedPeriodic.open(peers, log) : undefined;
  const serves = peers.database && !wanted.with && wanted.tables.length > 0;
  const admin = authorise ?? byToken(peers.variable("PEERS_ADMIN_TOKEN"), peers.settings.allowFrom);
  return [
    {
      name: "peers",
      async register(server) {
        await server.register(peersPlugin, { peers, log });
        addDockerRelay(server, peers, log);
        server.addHook("onListen", async () => await resumeInterrupted(peers, log));
      },
    },
    ...(serves ? [await servePeriodic(peers, log)] : []),
    {
      name: "admin",
      async register(server) {
        await server.register(adminPlugin, { peers, periodic, log, authorise: admin });
      },
      async close() {
        await peers.interruptDrivers();
        await periodic?.[Symbol.asyncDispose]();
        peers[Symbol.dispose]();
      },
    },
  ];
}

async function resumeInterrupted(peers: Peers, log: Log): Promise<void> {
  peers.book.sessions.markStuck();
  peers.removeLeftovers();
  for (const { sessionId, role, status } of peers.book.sessions.unfinished()) {
    if (role !== "driver" || status !== "interrupted") continue;
    try {
      await resumeFullSync(peers, sessionId, { by: "the agent", log });
    } catch (error) {
      log.warn({ error, sessionId }, "a full sync was not resumed");
    }
  }
}

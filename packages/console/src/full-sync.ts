import type { Log } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { AgentError, agentPlugins } from "@understudy/peers";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AccessError } from "./access/access-error.ts";
import type { Caller, Gate } from "./access/gate.ts";
import { guardAnswers } from "./http/guard-answers.ts";
import { addSecurityHeaders } from "./http/security-headers.ts";
import type { Beside } from "./serve-console.ts";

/** The agent of an environment in the console's own process: whoever is logged in to the console may use its admin API. */
export function agentBeside(target: Target, log: Log): Beside {
  const register = async (server: FastifyInstance, gate: Gate): Promise<void> => {
    const authorise = (request: FastifyRequest) => callerOf(gate, request);
    for (const plugin of await agentPlugins(target, { authorise, log })) {
      await server.register(async (scope) => {
        // What peers say to each other is data, which must stay as it is.
        if (plugin.name === "admin") {
          addSecurityHeaders(scope, gate);
          guardAnswers(scope);
        }
        await plugin.register(scope);
      });
      server.addHook("onClose", async () => await plugin.close?.());
    }
  };
  return { environment: target.environment.name, register };
}

/** In the agent's words, for it answers. */
function callerOf(gate: Gate, request: FastifyRequest): Caller {
  try {
    gate.checkHost(request);
    return gate.authorise(request);
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    const { statusCode, code, message, next, retryAfter } = error;
    throw new AgentError(statusCode, code, message, next, retryAfter === undefined ? {} : { retryAfter });
  }
}

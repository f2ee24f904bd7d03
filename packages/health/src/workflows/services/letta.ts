import { UserError } from "@understudy/core";
import { type HttpAnswer, httpRequest } from "../../checks/http-request.ts";
import { addressOf } from "../../checks/types/common.ts";
import type { PreparedAnswer } from "../catcher/catcher.ts";
import type { Ground } from "../ground.ts";
import type { Outcome } from "../report.ts";
import { leftBehind, runLength } from "../subject/temporary.ts";
import { Undo } from "../subject/undo.ts";

const port = 8283;
const agentPrefix = "understudy-test-";

/** What the catcher says as the model. */
const reply = "The understudy is ready.";

interface Agent {
  readonly id: string;
  readonly name: string;
}

/**
 * Make an agent in Letta, find it in the list, ask it one thing, and remove it. Its model is the catcher, also where a real
 * one is configured: the test is for Letta, not for who runs the model, and costs nothing.
 */
export async function testLetta(ground: Ground, nonce: string, signal: AbortSignal): Promise<Outcome> {
  await using undo = new Undo(ground);
  const { LETTA_SERVER_PASSWORD: password = "" } = ground.stack.envFile.values;
  const letta = new Letta(await addressOf(ground, "letta", port), password, signal);
  await removeLeftAgents(ground, letta);
  const catcher = ground.catcher.address(nonce);
  ground.catcher.prepare(nonce, [modelAnswer(catcher)]);
  const name = `${agentPrefix}${nonce}`;
  const { id } = await letta.ask<Agent>("POST", "/v1/agents/", { name, ...modelAt(catcher) });
  undo.later(`agent ${id}`, () => letta.remove(id));
  const isListed = async () => (await letta.agents(name)).some((agent) => agent.id === id);
  if (!(await isListed())) return unlike(`agent ${id} was made, and is not in the list of agents`, "it is listed");
  const messages = [{ role: "user", content: "Are you there?" }];
  const said = JSON.stringify(await letta.ask("POST", `/v1/agents/${id}/messages`, { messages }));
  if (!said.includes(reply)) return unlike(`the agent said ${said.slice(0, 200)}`, `what its model says: "${reply}"`);
  await letta.remove(id);
  if (await isListed()) return unlike(`agent ${id} was removed, and is still in the list of agents`, "it is gone");
  return { status: "passed" };
}

function unlike(seen: string, expected: string): Outcome {
  return { status: "failed", seen, expected };
}

class Letta {
  readonly #base: string;
  readonly #password: string;
  readonly #signal: AbortSignal;

  constructor({ host, port }: { host: string; port: number }, password: string, signal: AbortSignal) {
    this.#base = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    this.#password = password;
    this.#signal = signal;
  }

  /** Those with this in their names. */
  agents(name: string): Promise<Agent[]> {
    return this.ask("GET", `/v1/agents/?limit=50&query_text=${encodeURIComponent(name)}`);
  }

  /** One that is gone already is no failure. */
  async remove(id: string): Promise<void> {
    const answer = await this.#request("DELETE", `/v1/agents/${id}`, undefined, AbortSignal.timeout(10_000));
    if (answer.status >= 300 && answer.status !== 404) throw refused("DELETE", "/v1/agents/…", answer);
  }

  async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.#request(method, path, body, this.#signal);
    if (answer.status >= 300) throw refused(method, path, answer);
    try {
      return JSON.parse(answer.text) as Answer;
    } catch {
      throw refused(method, path, answer);
    }
  }

  #request(method: string, path: string, body: unknown, signal: AbortSignal): Promise<HttpAnswer> {
    const headers = { authorization: `Bearer ${this.#password}`, "content-type": "application/json" };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return httpRequest({ url: new URL(path, this.#base), method, headers, body: text }, signal);
  }
}

function refused(method: string, path: string, { status, text }: HttpAnswer): UserError {
  return new UserError(`Letta answered ${status} to ${method} ${path}: ${text.slice(0, 300)}`, {
    next: "See pnpm logs letta",
  });
}

async function removeLeftAgents({ engine, stack }: Ground, letta: Letta): Promise<void> {
  const agents = (await letta.agents(agentPrefix)).filter(({ name }) => name.startsWith(agentPrefix));
  const runOf = ({ name }: Agent) => name.slice(agentPrefix.length, agentPrefix.length + runLength);
  const left = await leftBehind(engine, stack.environment, runOf);
  for (const { id } of agents.filter(left)) await letta.remove(id);
}

/** The part of an agent that says where its models are. */
function modelAt(catcher: string) {
  const address = `${catcher}/v1`;
  return {
    llm_config: { model: "stub", model_endpoint_type: "openai", model_endpoint: address, context_window: 8_192 },
    embedding_config: {
      embedding_endpoint_type: "openai",
      embedding_endpoint: address,
      embedding_model: "stub",
      embedding_dim: 1_536,
      embedding_chunk_size: 300,
    },
  };
}

/** As OpenAI's API answers. */
function modelAnswer(catcher: string): PreparedAnswer {
  return {
    url: `${catcher}/v1/chat/completions`,
    status: 200,
    headers: {},
    body: {
      id: "chatcmpl-stub",
      object: "chat.completion",
      created: 0,
      model: "stub",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: reply } }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    },
  };
}

import type { Garden } from "./planted.ts";
import { like } from "./sql.ts";
import type { Stage } from "./stage.ts";

/** What Letta never calls here, but needs to be told of. */
const nowhere = {
  llm_config: {
    model: "none",
    model_endpoint_type: "openai",
    model_endpoint: "http://model.invalid",
    context_window: 8_000,
  },
  embedding_config: {
    embedding_model: "none",
    embedding_endpoint_type: "openai",
    embedding_endpoint: "http://model.invalid",
    embedding_dim: 8,
  },
};

/** Fill production's Letta: an agent that knows people, and what they told it. The first is made by Letta, the others like it. */
export async function fillLetta(stage: Stage, garden: Garden): Promise<void> {
  await makeAgent(stage, "Helper");
  const agents = garden.plantRows("letta agent", { description: "name", system: "email" });
  const blocks = garden.plant("letta block", "phone");
  const messages = garden.plant("letta message", "email");
  await stage.sql(
    "production",
    "letta",
    [
      like(
        "agents",
        agents.map((agent, index) => ({ ...agent, id: `agent-${index}` })),
      ),
      like(
        "block",
        blocks.map((phone, index) => ({ id: `block-planted-${index}`, value: `Reached at ${phone}` })),
      ),
      like("messages", messages.map(message)),
    ].join(";"),
  );
}

function message(address: string, index: number) {
  const content = [{ type: "text", text: `Write to ${address}` }];
  return { id: `message-planted-${index}`, sequence_id: 1_000_000 + index, role: "user", content };
}

async function makeAgent(stage: Stage, name: string): Promise<void> {
  const answer = await fetch(`${stage.url("production", 8283)}/v1/agents/`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${stage.installation.env("production").LETTA_SERVER_PASSWORD}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ name, ...nowhere, memory_blocks: [{ label: "human", value: "Nobody yet." }] }),
  });
  if (!answer.ok) throw new Error(`Letta answered ${answer.status}: ${await answer.text()}`);
}

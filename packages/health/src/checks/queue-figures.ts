import { exec, UserError } from "@understudy/core";
import type { CheckContext } from "./check.ts";

/** n8n's queue as Valkey has it. */
export interface QueueFigures {
  /** Executions that no worker has taken yet. */
  readonly waiting: number;
  /** How long the oldest of them has waited, ms; 0 when none waits. */
  readonly waited: number;
  /** Executions that a worker has taken. */
  readonly active: number;
  /** Those of them whose worker has not been heard of for so long that its lock on them is gone. */
  readonly lost: number;
}

/** In one call, so that the numbers belong together. n8n's queue is Bull's, under Bull's own names. */
const script = `local queue = 'bull:jobs:'
local active = redis.call('LRANGE', queue .. 'active', 0, -1)
local lost = 0
for _, id in ipairs(active) do
  if redis.call('EXISTS', queue .. id .. ':lock') == 0 then lost = lost + 1 end
end
local now = redis.call('TIME')[1] * 1000
local waited = 0
local waiting = redis.call('LRANGE', queue .. 'wait', 0, -1)
for _, id in ipairs(waiting) do
  waited = math.max(waited, now - tonumber(redis.call('HGET', queue .. id, 'timestamp') or now))
end
return { #waiting, waited, #active, lost }`;

/** Ask Valkey, in its own container. @throws UserError with what it said instead */
export async function queueFigures({ engine, containers }: CheckContext, timeout: number): Promise<QueueFigures> {
  const info = containers.get("valkey");
  if (!info) throw new UserError("valkey has no container");
  const command = ["valkey-cli", "-e", "--raw", "EVAL", script, "0"];
  const { exitCode, stdout, stderr } = await exec(engine, info.Id, command, { timeout });
  if (exitCode !== 0) throw new UserError(`Valkey said: ${(stderr || stdout).trim().split("\n")[0]}`);
  const [waiting = 0, waited = 0, active = 0, lost = 0] = stdout.trim().split("\n").map(Number);
  return { waiting, waited, active, lost };
}

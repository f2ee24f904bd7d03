import { randomUUID } from "node:crypto";
import { type ChannelSettings, formatUserError, runVerb, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, environmentFlags, readEnvironmentFile } from "@understudy/environment";
import { type Channel, DeliveryError } from "../alerts/channels/channel.ts";
import { channelsOf, openChannel } from "../alerts/channels/registry.ts";
import { testAlert } from "../alerts/test-alert.ts";

interface Result {
  readonly name: string;
  readonly type: ChannelSettings["type"];
  readonly delivered: boolean;
  /** What went wrong, or what the receiver did not take. */
  readonly error?: string;
  readonly ms: number;
}

await runVerb(import.meta.url, {
  name: "alerts:test",
  description: "Send a test alert through the channels of an environment, and say what their receivers answered.",
  examples: [
    "pnpm alerts:test                    # every channel that hears of staging",
    "pnpm alerts:test mail --production  # one of them",
    "pnpm alerts:test --json",
  ],
  configure: (command) =>
    environmentFlags(
      command.argument("[channel]", "as named under alerts.channels in understudy.yml; all of them without it"),
    ).option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: EnvironmentChoice & { json?: boolean }, wanted?: string) => {
    const target = chooseTarget(flags);
    const environment = target.environment.name;
    const chosen = choose(channelsOf(target.settings, environment), environment, wanted);
    const file = readEnvironmentFile(target);
    const channels = await Promise.all(
      chosen.map(async ([name, settings]): Promise<Result> => {
        const started = performance.now();
        const outcome = await attempt(() => sendTest(openChannel(name, settings, file), environment));
        return { name, type: settings.type, ...outcome, ms: Math.round(performance.now() - started) };
      }),
    );
    process.stdout.write(
      flags.json ? `${JSON.stringify({ environment, channels })}\n` : channels.map(describe).join(""),
    );
    return channels.every(({ delivered }) => delivered) ? 0 : 1;
  },
});

function choose(
  channels: ReadonlyMap<string, ChannelSettings>,
  environment: string,
  wanted: string | undefined,
): [string, ChannelSettings][] {
  if (channels.size === 0) {
    throw new UserError(`No channel is set for ${environment}: nobody hears of its problems`, {
      next: "Add one under alerts.channels in understudy.yml; docs/alerts.md shows how",
    });
  }
  if (wanted === undefined) return [...channels];
  const settings = channels.get(wanted);
  if (!settings) {
    throw new UserError(`No channel of ${environment} is called "${wanted}"`, {
      next: `understudy.yml has: ${[...channels.keys()].join(", ")}`,
    });
  }
  return [[wanted, settings]];
}

function sendTest(channel: Channel, environment: string): Promise<string | undefined> {
  const now = Date.now();
  return channel.send(testAlert(environment, now), { key: randomUUID(), now, signal: new AbortController().signal });
}

/** Every channel has its turn, whatever is wrong with the others. */
async function attempt(send: () => Promise<string | undefined>): Promise<Pick<Result, "delivered" | "error">> {
  try {
    const note = await send();
    return { delivered: true, ...(note && { error: note }) };
  } catch (error) {
    if (error instanceof UserError) return { delivered: false, error: formatUserError(error) };
    if (error instanceof DeliveryError) return { delivered: false, error: error.message };
    throw error;
  }
}

function describe({ name, type, delivered, error, ms }: Result): string {
  const result = delivered ? `delivered in ${ms} ms` : "NOT delivered";
  return `${name} (${type}): ${result}${error ? `: ${error}` : ""}\n`;
}

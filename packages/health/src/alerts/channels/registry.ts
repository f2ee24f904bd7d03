import { type ChannelSettings, messageOf, type Settings, secrets, UserError } from "@understudy/core";
import { type Channel, DeliveryError } from "./channel.ts";
import { emailChannel } from "./email.ts";
import { fillIn, type Values } from "./fill-in.ts";
import { n8nChannel } from "./n8n.ts";
import { slackChannel } from "./slack.ts";
import { webhookChannel } from "./webhook.ts";

/** Every type of channel. A new one is a file, a line here, and its settings in core. */
const types: { [Type in ChannelSettings["type"]]: (settings: Extract<ChannelSettings, { type: Type }>) => Channel } = {
  webhook: webhookChannel,
  slack: slackChannel,
  email: emailChannel,
  n8n: n8nChannel,
};

/** The channels that hear of an environment, by name. @throws UserError for a channel of an environment that does not exist. */
export function channelsOf({ alerts, environments }: Settings, environment: string): Map<string, ChannelSettings> {
  const channels = Object.entries(alerts.channels);
  for (const [name, channel] of channels) {
    const unknown = channel.environments.find((wanted) => !Object.hasOwn(environments, wanted));
    if (unknown !== undefined) {
      throw new UserError(
        `understudy.yml: alerts.channels.${name}.environments: no environment is called "${unknown}"`,
        {
          next: `There are: ${Object.keys(environments).join(", ")}`,
        },
      );
    }
  }
  return new Map(channels.filter(([, { environments: only }]) => only.length === 0 || only.includes(environment)));
}

/** All channels of an environment, ready to send. @throws UserError for the first that cannot work as it is set. */
export function openChannels(settings: Settings, environment: string, file: Values): Map<string, Channel> {
  const channels = [...channelsOf(settings, environment)];
  return new Map(channels.map(([name, channel]) => [name, openChannel(name, channel, file)]));
}

/**
 * A channel that is ready to send: its variables filled in, each attempt limited in time, alerts and errors redacted.
 * @param timeout of one attempt, ms
 * @throws UserError if it cannot work as it is set
 */
export function openChannel(name: string, settings: ChannelSettings, file: Values, timeout = 15_000): Channel {
  const channel = make(name, fillIn(`alerts.channels.${name}`, settings, file));
  return {
    send: async (alert, context) => {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(new Error(`no answer within ${timeout / 1_000} s`)), timeout);
      try {
        const signal = AbortSignal.any([context.signal, limit.signal]);
        const note = await channel.send(secrets.redactData(alert), { ...context, signal });
        return note && secrets.redact(note);
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        throw new DeliveryError(secrets.redact(error.message), error);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function make(name: string, settings: ChannelSettings): Channel {
  try {
    return (types[settings.type] as (settings: ChannelSettings) => Channel)(settings);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`understudy.yml: alerts.channels.${name}: ${messageOf(error)}`, { next: error.next });
  }
}

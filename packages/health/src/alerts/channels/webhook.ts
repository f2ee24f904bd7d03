import type { Alert } from "../alert.ts";
import { plainText, title } from "../message.ts";
import { headersOf, urlOf } from "./address.ts";
import type { Channel } from "./channel.ts";
import { postJson } from "./post.ts";

/** The alert as JSON, with its title and its whole text. */
export interface WebhookMessage extends Alert {
  readonly title: string;
  readonly text: string;
}

/** @throws UserError if the address or a header cannot be one. */
export function webhookChannel(settings: { url: string; headers: Readonly<Record<string, string>> }): Channel {
  const url = urlOf(settings.url);
  const headers = headersOf(settings.headers);
  return {
    send: async (alert, context) => {
      await postJson(url, headers, webhookMessage(alert, context.now), context);
      return undefined;
    },
  };
}

export function webhookMessage(alert: Alert, now: number): WebhookMessage {
  return { title: title(alert), text: plainText(alert, now), ...alert };
}

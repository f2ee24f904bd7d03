import { UserError } from "@understudy/core";
import { urlOf } from "./address.ts";
import type { Channel } from "./channel.ts";
import { webhookChannel } from "./webhook.ts";

/** A workflow that begins with a Webhook node; it gets what a webhook gets. @throws UserError if the address cannot be one. */
export function n8nChannel(settings: { url: string }): Channel {
  if (urlOf(settings.url).pathname.includes("/webhook-test/")) {
    throw new UserError("url is a test address, which n8n answers only while its editor listens", {
      next: "Take the Webhook node's production URL, with /webhook/ in it",
    });
  }
  return webhookChannel({ url: settings.url, headers: {} });
}

import type { Alert } from "../alert.ts";
import { type Section, sections, title } from "../message.ts";
import { urlOf } from "./address.ts";
import type { Channel } from "./channel.ts";
import { postJson } from "./post.ts";

export interface SlackMessage {
  /** What notifications show. */
  readonly text: string;
  readonly unfurl_links: false;
  readonly blocks: readonly { type: "section"; text: { type: "mrkdwn"; text: string; verbatim: true } }[];
}

/** @throws UserError if the address cannot be one. */
export function slackChannel(settings: { url: string }): Channel {
  const url = urlOf(settings.url);
  return {
    send: async (alert, context) => {
      await postJson(url, {}, slackMessage(alert, context.now), context);
      return undefined;
    },
  };
}

/** Within Slack's limits: 50 blocks, 3000 characters each (docs.slack.dev, Text object). Nothing in it can mention people or link. */
export function slackMessage(alert: Alert, now: number): SlackMessage {
  const name = escaped(title(alert), 1_000);
  return {
    text: name,
    unfurl_links: false,
    blocks: [`*${name}*`, ...sections(alert, now).map(drawn)].map((text) => ({
      type: "section",
      text: { type: "mrkdwn", text, verbatim: true },
    })),
  };
}

function drawn({ heading, lines, code }: Section): string {
  const body = lines.join("\n");
  const text = code ? `\`\`\`${escaped(body.replaceAll("```", "'''"), 2_800)}\`\`\`` : escaped(body, 2_800);
  return heading ? `*${heading}*\n${text}` : text;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Escaped, and at most `limit` characters long after that; never half an entity. */
function escaped(text: string, limit: number): string {
  let result = "";
  for (const character of text) {
    const next = entities[character] ?? character;
    if (result.length + next.length >= limit) return `${result}…`;
    result += next;
  }
  return result;
}

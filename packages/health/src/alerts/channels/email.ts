import { type ChannelSettings, messageOf, sha256, UserError } from "@understudy/core";
import type { Transporter } from "nodemailer";
import type { Alert } from "../alert.ts";
import { plainText, type Section, sections, title } from "../message.ts";
import { oneLine } from "../words.ts";
import { type Channel, DeliveryError, type SendContext } from "./channel.ts";

export type EmailSettings = Extract<ChannelSettings, { type: "email" }>;

export interface EmailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** @throws UserError if there is a user without a password, the other way round, or a password that would go out in clear. */
export function emailChannel(settings: EmailSettings): Channel {
  const { host, port, security } = settings;
  const options = {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    auth: login(settings),
  };
  // Loaded with the first alert: days may pass without one.
  let opened: Promise<Transporter> | undefined;
  const open = async () => (await import("nodemailer")).createTransport(options);
  return { send };

  async function send(alert: Alert, { key, now, signal }: SendContext): Promise<string | undefined> {
    const domain = settings.from.split("@").at(-1);
    const idOf = (text: string) => `<${sha256(text).slice(0, 32)}@${domain}>`;
    try {
      opened ??= open();
      const { accepted = [], rejected = [] } = await (await opened).sendMail({
        from: { name: "Understudy", address: settings.from },
        to: settings.to,
        messageId: idOf(key),
        // The mails of one incident are shown as one conversation.
        references: idOf(alert.id),
        headers: { "auto-submitted": "auto-generated" },
        ...emailMessage(alert, now),
        signal,
      });
      return rejected.length ? `${host} took it for ${accepted.join(", ")}, not for ${rejected.join(", ")}` : undefined;
    } catch (error) {
      throw failure(error as SmtpError, signal);
    }
  }

  function failure(error: SmtpError, signal: AbortSignal): DeliveryError {
    const reason = signal.aborted ? messageOf(signal.reason) : error.message;
    const refused = error.command === "DATA" && (error.responseCode ?? 0) >= 500;
    return new DeliveryError(`${host}:${port}: ${oneLine(reason, 300)}`, { refused, cause: error });
  }
}

export function emailMessage(alert: Alert, now: number): EmailMessage {
  const subject = title(alert);
  return {
    subject,
    text: plainText(alert, now),
    html: `<h2>${escaped(subject)}</h2>\n${sections(alert, now).map(drawn).join("\n")}`,
  };
}
interface SmtpError extends Error {
  readonly command?: string;
  readonly responseCode?: number;
}

function login({ host, security, user, password }: EmailSettings): { user: string; pass: string } | undefined {
  if (user === undefined && password === undefined) return undefined;
  if (user === undefined || password === undefined) {
    throw new UserError(`${user === undefined ? "user" : "password"} is missing`, { next: "Set both, or neither" });
  }
  if (security === "none" && !["localhost", "127.0.0.1", "::1"].includes(host)) {
    throw new UserError(`security is none, and the password would go to ${host} in clear`, {
      next: "Take starttls or tls",
    });
  }
  return { user, pass: password };
}

function drawn({ heading, lines, code }: Section): string {
  const body = lines.map(escaped).join(code ? "\n" : "<br>\n");
  return `${heading ? `<h3>${heading}</h3>\n` : ""}${code ? `<pre>${body}</pre>` : `<p>${body}</p>`}`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}

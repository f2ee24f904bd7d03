import { type ChannelSettings, parseSettings, secrets } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { fillIn } from "./fill-in.ts";
import { channelsOf, openChannel } from "./registry.ts";

const file = {
  path: "/srv/.env.staging",
  fresh: false,
  values: {
    TOKEN: "t0ken-t0ken",
    CHAT_URL: "https://hooks.slack.com/services/T0/B0/XoXoXoXoXoXoXoXoXoXo",
    NO_URL: "htps:/nowhere.example.org",
    LOGIN_URL: "https://me:mine@example.org/",
    BROKEN: "one\ntwo",
    EMPTY: "",
  },
};

describe("fillIn", () => {
  it("puts the environment's values in, and knows them as secrets", () => {
    const filled = fillIn("alerts.channels.on-call", webhook("https://example.org/${TOKEN}", "Bearer ${TOKEN}"), file);
    expect(filled).toMatchObject({
      url: "https://example.org/t0ken-t0ken",
      headers: { authorization: "Bearer t0ken-t0ken" },
    });
    expect(secrets.redact("rejected: t0ken-t0ken")).toBe("rejected: ‹secret›");
  });

  it("knows what is left of a secret address when its receiver repeats it", () => {
    fillIn("alerts.channels.chat", { type: "slack", url: "${CHAT_URL}", environments: [] }, file);
    expect(secrets.redact("Cannot POST /services/T0/B0/XoXoXoXoXoXoXoXoXoXo")).toBe("Cannot POST ‹secret›");
    expect(secrets.redact("no hook XoXoXoXoXoXoXoXoXoXo")).toBe("no hook ‹secret›");
  });

  it.each(["MISSING", "EMPTY", "constructor"])("names channel, field, variable %s and file", (name) => {
    expect(() => fillIn("alerts.channels.on-call", webhook("https://example.org", `Bearer \${${name}}`), file)).toThrow(
      `understudy.yml: alerts.channels.on-call.headers.authorization names \${${name}}, and /srv/.env.staging has no value for it`,
    );
  });
});

describe("openChannel", () => {
  it.each([
    ["url is not an address", webhook("${NO_URL}", "x")],
    ["url is not an address", { type: "slack", url: "${TOKEN}", environments: [] }],
    ["url has a user name or password in it", webhook("${LOGIN_URL}", "x")],
    ["headers.authorization has a character that no header can have", webhook("https://example.org", "${BROKEN}")],
    ["url is a test address", { type: "n8n", url: "http://localhost:5678/webhook-test/x", environments: [] }],
  ] satisfies [string, ChannelSettings][])(
    "refuses before the first alert, without the value: %s",
    (words, settings) => {
      const open = () => openChannel("on-call", settings, file);
      expect(open).toThrow(`understudy.yml: alerts.channels.on-call: ${words}`);
      expect(open).not.toThrow(/nowhere|t0ken|mine|two/);
    },
  );
});

describe("channelsOf", () => {
  const settings = (only: string) =>
    parseSettings(
      `alerts: { channels: { all: { type: slack, url: "\${A}" }, some: { type: slack, url: "\${B}", environments: [${only}] } } }`,
      "understudy.yml",
    );

  it("gives an environment the channels that hear of it", () => {
    expect([...channelsOf(settings("production"), "production").keys()]).toEqual(["all", "some"]);
    expect([...channelsOf(settings("production"), "staging").keys()]).toEqual(["all"]);
  });

  it("refuses a channel that would hear of nothing", () => {
    expect(() => channelsOf(settings("prodution"), "staging")).toThrow(
      'alerts.channels.some.environments: no environment is called "prodution"',
    );
  });
});

function webhook(url: string, authorization: string): ChannelSettings {
  return { type: "webhook", url, headers: { authorization }, environments: [] };
}

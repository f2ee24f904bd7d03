import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anAlert, anyAlert } from "../testing.ts";
import { slackMessage } from "./slack.ts";

describe("slackMessage", () => {
  it("has the title in bold, then a block for each part, commands as code", () => {
    const alert = anAlert();
    const texts = slackMessage(alert, alert.at).blocks.map(({ text }) => text.text);
    expect(texts[0]).toBe("*staging: postgres is down (also affects n8n)*");
    expect(texts).toContain("*Also affected*\nn8n readiness: 503");
    expect(texts.at(-1)).toBe("*Run next*\n```pnpm health:check --staging --only postgres```");
  });

  it("lets no log line call people or end the code block", () => {
    const alert = anAlert({ evidence: { lastLogLines: ["<!channel> a && b ``` <http://x|y>"], commands: [] } });
    expect(slackMessage(alert, alert.at).blocks.at(-1)?.text.text).toBe(
      "*Last log lines*\n```&lt;!channel&gt; a &amp;&amp; b ''' &lt;http://x|y&gt;```",
    );
  });

  it("keeps to Slack's limits and escapes everything, whatever is in the alert", () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const { text, blocks } = slackMessage(alert, alert.at);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const written of [text, ...blocks.map((block) => block.text.text)]) {
          expect(written.length).toBeGreaterThan(0);
          expect(written.length).toBeLessThanOrEqual(3_000);
          expect(written.replaceAll(/&(amp|lt|gt);/g, "")).not.toMatch(/[&<>]/);
        }
      }),
    );
  });
});

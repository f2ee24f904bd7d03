import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anAlert, anyAlert } from "../testing.ts";
import { emailChannel, emailMessage } from "./email.ts";

describe("emailMessage", () => {
  it("has the title as subject, and the parts as text and as HTML", () => {
    const alert = anAlert();
    const { subject, text, html } = emailMessage(alert, alert.at);
    expect(subject).toBe("staging: postgres is down (also affects n8n)");
    expect(text).toContain("Try: pnpm logs postgres");
    expect(html).toContain("<h3>Last log lines</h3>\n<pre>LOG: shutting down\nFATAL: out of memory</pre>");
  });

  it("lets nothing in an alert become a header or a tag", () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const { subject, html } = emailMessage(alert, alert.at);
        expect(subject).not.toMatch(/[\r\n\p{Cc}]/u);
        expect(html.replaceAll(/<\/?(h2|h3|p|pre|br)>/g, "")).not.toMatch(/[<>"]/);
        expect(html.replaceAll(/&(amp|lt|gt|quot);/g, "")).not.toContain("&");
      }),
    );
  });
});

describe("emailChannel", () => {
  const settings = {
    type: "email",
    from: "understudy@example.org",
    to: ["ops@example.org"],
    host: "smtp.example.org",
    port: 587,
    security: "starttls",
    environments: [],
  } as const;
  const open = (more: object) => () => emailChannel({ ...settings, to: [...settings.to], environments: [], ...more });

  it("refuses half a login, and a password that would go out in clear", () => {
    expect(open({ user: "u" })).toThrow("password is missing");
    expect(open({ password: "p" })).toThrow("user is missing");
    expect(open({ user: "u", password: "p", security: "none" })).toThrow("would go to smtp.example.org in clear");
    expect(open({ user: "u", password: "p", security: "none", host: "localhost" })).not.toThrow();
  });
});

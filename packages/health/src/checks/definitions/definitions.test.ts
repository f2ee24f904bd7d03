import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secrets, UserError } from "@understudy/core";
import { afterAll, describe, expect, it } from "vitest";
import { type Interpreted, interpret } from "./interpret.ts";
import { readDefinitions } from "./read.ts";

const roots: string[] = [];
const services = ["n8n", "postgres", "host"];
const envFile = { path: ".env.staging", values: { API_TOKEN: "a-very-secret-token", EMPTY: "" } };

/** Definitions as they are understood, from the files of a folder. */
async function understand(files: Readonly<Record<string, string>>): Promise<Interpreted[]> {
  const folder = mkdtempSync(join(tmpdir(), "checks-"));
  roots.push(folder);
  mkdirSync(join(folder, "workflows"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return (await readDefinitions(folder)).map((written) => interpret(written, envFile, services));
}

const refusal = async (text: string) => {
  const error = await understand({ "web.yml": text }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message.replace(/^.*\/(?=web\.yml)/, "");
};

afterAll(() => roots.forEach((root) => void rmSync(root, { recursive: true })));

describe("definitions", () => {
  it("are read from YAML, with defaults for what is left away", async () => {
    const [web, disk] = await understand({
      "web.yml": `
- name: website
  type: http
  url: https://example.org/health
  interval: 5m
  expect:
    status: { oneOf: [200, 204] }
    body: { $.status: ok }
- name: host disk
  thresholds: { warning: 70 }
`,
    });
    expect(web).toMatchObject({
      check: { name: "website", service: "host", severity: "critical", timeout: 4_000, interval: 300_000 },
    });
    expect(disk).toMatchObject({ adjustment: { name: "host disk", disabled: false, thresholds: { warning: 70 } } });
    expect(web?.place).toMatch(/web\.yml:2$/);
  });

  it("take no other files, and none at all", async () => {
    const others = {
      "README.md": "- not a check",
      "types.d.ts": "declare const x: 1;",
      "a.yml": "",
      "b.yaml": "# nothing\n",
    };
    expect(await understand(others)).toEqual([]);
    expect(await readDefinitions(join(tmpdir(), "there-is-no-such-folder"))).toEqual([]);
  });

  it("take values from the environment file, which are secret from then on", async () => {
    const [definition] = await understand({
      "web.yml": `
- name: api
  type: http
  url: http://127.0.0.1:1/
  headers: { authorization: "Bearer \${API_TOKEN}" }
`,
    });
    expect(definition).toMatchObject({ check: { name: "api" } });
    expect(secrets.redact("it said a-very-secret-token")).toBe("it said ‹secret›");
  });

  it.each([
    ["- name: a\n  type: htp\n", 'web.yml:2: check "a": type: "htp": there are http, tcp, tls, postgres'],
    ["- name: a\n  type: tcp\n  port: 22x\n", 'web.yml:3: check "a": port: "22x": Invalid input: expected number'],
    ["- name: a\n  type: tcp\n", 'web.yml:1: check "a": port: Invalid input: expected number, received undefined'],
    [
      "- name: a\n  type: tcp\n  prt: 22\n  port: 22\n",
      'web.yml:3: check "a": prt: 22: is not a field here; there are name',
    ],
    [
      "- name: a\n  type: http\n  url: http://x\n  expect:\n    status:\n      abov: 3\n",
      'web.yml:6: check "a": expect.status.abov: 3: is not a field here; there are equals, contains, matches',
    ],
    [
      "- name: a\n  type: http\n  url: http://x\n  expect:\n    body:\n      $..[: 1\n",
      'web.yml:6: check "a": expect.body.$..[: 1: is no JSONPath (RFC 9535)',
    ],
    [
      "- name: a\n  type: http\n  url: ftp://x\n",
      'web.yml:3: check "a": url: "ftp://x": must be an address with http:// or https://',
    ],
    ["- name: a\n  type: http\n", 'web.yml:1: check "a": url: give either url, or service and port'],
    [
      "- name: a\n  type: tcp\n  port: 1\n  timeout: 5\n",
      'web.yml:4: check "a": timeout: 5: must be a duration such as 500ms, 4s, 5m, 2h or 7d',
    ],
    [
      "- name: a\n  type: tcp\n  service: n9n\n  port: 1\n",
      'web.yml:3: check "a": service: "n9n": the services are n8n, postgres, host',
    ],
    ["- name: a\n  type: container\n", 'web.yml:1: check "a": service: name the service whose container it is'],
    ["- name: a\n  severity: bad\n", 'web.yml:2: check "a": severity: "bad": Invalid option: expected one of'],
    ["- just a text\n", 'web.yml:1: "just a text": Invalid input: expected object'],
    ["- 5\n- null\n", "web.yml:1: 5: Invalid input: expected object"],
    ["name: a\ntype: tcp\n", 'web.yml:1: must be a list of checks, each beginning with "- name:"'],
    ["- name: a\n  type: 'tcp\n", "web.yml:"],
    [
      "- name: a\n  type: tcp\n  port: 1\n  host: ${NOWHERE}\n",
      "web.yml:4: host: names ${NOWHERE}, and .env.staging has no value for it",
    ],
    ["- name: a\n  type: tcp\n  port: 1\n  host: ${EMPTY}\n", "web.yml:4: host: names ${EMPTY}, and .env.staging"],
    [
      "- name: a\n  type: workflow\n  within: 1d\n",
      'web.yml:3: check "a": within: "1d": is for one workflow: name it in workflow',
    ],
  ])("%j is refused with file, line and field", async (text, message) => {
    expect(await refusal(text)).toContain(message);
  });

  it("never show a secret value that is refused", async () => {
    const message = await refusal("- name: a\n  type: http\n  url: ${API_TOKEN}\n");
    expect(message).toContain('url: "${API_TOKEN}"');
    expect(message).not.toContain("a-very-secret-token");
  });
});

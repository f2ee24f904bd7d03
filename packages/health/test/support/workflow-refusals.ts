import { expect, it } from "vitest";
import { chain, node, webhook } from "./workflow-n8n.ts";
import type { WorkflowStage } from "./workflow-stage.ts";

/** What cannot be done is said in one line. */
export function refusalTests(stage: () => WorkflowStage): void {
  it("runs on production only what is marked safe for it, and lists the rest", async () => {
    const asProduction = (file: string, text: string) =>
      file === "understudy.yml" ? text.replace("kind: staging", "kind: production") : text;
    const root = stage().checks(
      "- name: agent\n  safe: production\n  service: letta\n- name: login\n  service: open-webui\n",
      asProduction,
    );
    const { status, tests } = await stage().report(root, "--environment", "staging", "--only", "agent", "login");
    expect(status).toBe("passed");
    expect(tests).toEqual([
      expect.objectContaining({ name: "agent", status: "passed" }),
      { name: "login", ms: 0, status: "skipped", seen: "not marked safe: production" },
    ]);
  });

  it.each([
    [
      "a name that no test has",
      "- name: login\n  service: open-webui\n",
      ["--only", "logout"],
      /No test is called "logout"\. There are: login, freshness/,
    ],
    [
      "an environment that is not deployed",
      "",
      ["--production"],
      /production is not deployed\. Deploy it: pnpm deploy:production/,
    ],
    ["an environment that does not exist", "", ["--environment", "nope"], /No environment is called "nope"/],
    [
      "a field that does not exist",
      "- name: x\n  service: letta\n  expects: {}\n",
      [],
      /checks\/workflows\/own\.yml:3: expects: is not a field here/,
    ],
    [
      "a wrong value",
      "- name: x\n  call:\n    workflow: X\n  timeout: soon\n",
      [],
      /own\.yml:4: timeout: must be a duration/,
    ],
    [
      "no JSONPath",
      "- name: x\n  call: { workflow: X }\n  expect:\n    response:\n      body: { total: 1 }\n",
      [],
      /own\.yml:5: expect\.response\.body\.total: is no JSONPath/,
    ],
    ["broken YAML", "- name: [x\n", [], /own\.yml:\d+: /],
    [
      "two things to test",
      "- name: x\n  call: { workflow: X }\n  service: letta\n",
      [],
      /own\.yml:1: test: must have one of call, service and fresh/,
    ],
    [
      "a variable without value",
      '- name: x\n  call: { workflow: X, headers: { token: "${NOPE}" } }\n',
      [],
      /own\.yml:2: call\.headers\.token: names \$\{NOPE\}, and .*\.env\.staging has no value/,
    ],
    [
      "a name twice",
      "- name: x\n  service: letta\n- name: x\n  service: letta\n",
      [],
      /own\.yml:3: .*own\.yml:1 has a test "x" already/,
    ],
  ])("refuses %s in one line", async (_what, definitions, flags, message) => {
    const { exitCode, stdout, stderr } = await stage().run(stage().checks(definitions), ...flags);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("says what to do without an API key, with a wrong one, and without an engine", async () => {
    const key = (value: string) => (_: string, text: string) =>
      text.replace(/^N8N_API_KEY=.*$/m, `N8N_API_KEY=${value}`);
    const none = await stage().run(stage().checks("", key("")));
    expect(none.stderr).toBe("error: N8N_API_KEY is empty in .env.staging. pnpm deploy:staging makes one\n");
    const wrong = await stage().run(stage().checks("", key("an-old-key")));
    expect(wrong.stderr).toBe(
      "error: n8n does not know the N8N_API_KEY of .env.staging. pnpm deploy:staging makes a new one\n",
    );
    const local = stage().checks("", (file, text) =>
      file === "understudy.yml" ? text.replace("kind: staging", "kind: staging, host: unix:///nowhere.sock") : text,
    );
    expect((await stage().run(local)).stderr).toMatch(
      /^error: The Docker engine at unix:\/\/\/nowhere\.sock does not answer/,
    );
  });

  it("fails in words for a workflow, file or webhook that is not there", async () => {
    const error = async (what: string) => (await stage().test(`- name: x\n  call: ${what}\n`)).error;
    expect(await error("{ workflow: Nowhere }")).toBe('n8n has no workflow "Nowhere"');
    expect(await error("{ webhook: nowhere }")).toBe('n8n has no workflow with a webhook "nowhere"');
    expect(await error("{ file: nowhere.json }")).toMatch(/nowhere\.json does not exist/);
    await stage().create({ name: "Twin", ...chain(webhook("twin-a")) });
    await stage().create({ name: "Twin", ...chain(webhook("twin-b")) });
    expect(await error("{ workflow: Twin }")).toBe('n8n has 2 workflows called "Twin"');
  });

  it("does not wait longer than the test's timeout", async () => {
    await stage().create({
      name: "Waiting",
      ...chain(
        webhook("waiting", { responseMode: "onReceived" }),
        node("Wait", "wait", { amount: 60, unit: "seconds" }, 1.1),
      ),
    });
    const result = await stage().test("- name: x\n  timeout: 3s\n  call: { workflow: Waiting }\n");
    expect(result).toMatchObject({ status: "failed", expected: "an execution that ends within 3 s" });
    expect(result.ms).toBeLessThan(8_000);
    await stage().expectNothingLeft();
  });
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { call, chain, code, node, webhook } from "./workflow-n8n.ts";
import { orders, ordersTest } from "./workflow-orders.ts";
import type { WorkflowStage } from "./workflow-stage.ts";

/** Workflows are called and judged. @param whole not only by a sample of what may be expected of them */
export function callingTests(stage: () => WorkflowStage, whole: boolean): void {
  it("passes what ships on a fresh staging: the canary with its hops, Letta, Open WebUI", async () => {
    const root = stage().checks("");
    rmSync(join(root, "checks"), { recursive: true });
    const { status, environment, tests } = await stage().report(
      root,
      "--only",
      "canary",
      "letta agent",
      "open-webui login",
    );
    expect({ status, environment }, JSON.stringify(tests)).toEqual({ status: "passed", environment: "staging" });
    expect(tests.map(({ name, status }) => [name, status])).toEqual([
      ["canary", "passed"],
      ["letta agent", "passed"],
      ["open-webui login", "passed"],
    ]);
    const { total = 0, ...hops } = tests[0]?.hops ?? {};
    expect(Object.keys(hops)).toEqual(["call → n8n", "n8n → Postgres", "Postgres → callback"]);
    expect(Object.values(hops).every((ms) => ms >= 0)).toBe(true);
    expect(Object.values(hops).reduce((sum, ms) => sum + ms, 0)).toBe(total);
  });

  it("calls an active workflow by its webhook, as it is, and proves answer, path, calls, rows and nodes", async () => {
    const workflow = await stage().create({ name: "Orders", ...orders("orders-a") }, true);
    expect(await stage().test(ordersTest("orders-a"))).toMatchObject({ status: "passed" });
    expect(await stage().n8n.executions(workflow.id)).toEqual([
      expect.objectContaining({ status: "success", mode: "webhook" }),
    ]);
  });

  it.each(whole ? unexpected : unexpected.slice(0, 2))(
    "fails when %s is not as expected, and says what was seen",
    async (_what, from, to, seen, expected) => {
      const { id } = await stage().create({ name: "Orders", ...orders("orders-b") }, true);
      const definition = ordersTest("orders-b").replace(from, to);
      expect(definition).not.toBe(ordersTest("orders-b"));
      const result = await stage().test(definition);
      expect(result).toMatchObject({
        status: "failed",
        seen: expect.stringMatching(seen),
        expected: expect.stringMatching(expected),
      });
      const [execution] = await stage().n8n.executions(id);
      expect(result.execution).toBe(`${stage().url}/workflow/${id}/executions/${execution?.id}`);
    },
  );

  it("names the node that was broken, its error and the execution", async () => {
    const workflow = await stage().create({ name: "Orders", ...orders("orders-c") }, true);
    expect(await stage().test(ordersTest("orders-c"))).toMatchObject({ status: "passed" });
    const nodes = workflow.nodes.map((one) =>
      one.name === "Price" ? { ...one, ...code("Price", "throw new Error('no price today')") } : one,
    );
    await stage().n8n.update(workflow.id, { name: "Orders", nodes, connections: workflow.connections, settings: {} });
    const root = stage().checks(ordersTest("orders-c"));
    const { exitCode, stdout } = await stage().run(root, "--only", "orders");
    const [execution] = await stage().n8n.executions(workflow.id);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✖ orders/);
    expect(stdout).toMatch(/node +Price/);
    expect(stdout).toMatch(/error +.*no price today/);
    expect(stdout).toContain(`${stage().url}/workflow/${workflow.id}/executions/${execution?.id}`);
  });

  it("knows its own call among others of a live workflow", async () => {
    await stage().create({ name: "Orders", ...orders("orders-d") }, true);
    let busy = true;
    const others = (async () => {
      while (busy) await fetch(`${stage().url}/webhook/orders-d`, { method: "POST", body: "{}" });
    })();
    try {
      expect(await stage().test(ordersTest("orders-d"))).toMatchObject({ status: "passed" });
    } finally {
      busy = false;
      await others;
    }
  });

  it("tests an inactive workflow as a copy whose calls reach the catcher, and does not touch it", async () => {
    const outside = chain(
      webhook("invoice/:number"),
      call("Ask the bank", "https://bank.example.com/check?fast=1", '={"iban": "{{ $json.body.iban }}"}'),
      code(
        "Done",
        "return [{ json: { paid: $input.first().json.paid, number: $('Webhook').first().json.params.number } }]",
      ),
      call("Tell the customer", "=https://crm.example.com/{{ $json.number }}", "{}"),
    );
    const before = await stage().create({ name: "Invoices", ...outside, settings: { timezone: "Europe/Berlin" } });
    const result = await stage().test(`
- name: invoices
  call: { workflow: Invoices, path: invoice/77, body: { iban: "\${nonce}" } }
  answers:
    - { url: "https://bank.example.com/", body: { paid: "yes" } }
  expect:
    execution: { ran: [Webhook, Ask the bank, Done, Tell the customer] }
    calls:
      - { method: POST, url: "https://bank.example.com/check?fast=1", body: { $.iban: "\${nonce}" } }
      - { url: "https://crm.example.com/77" }
`);
    expect(result).toMatchObject({ status: "passed" });
    expect(await stage().n8n.get(before.id)).toEqual(await stage().n8n.get(before.id));
    const { updatedAt, versionId, active, nodes } = (await stage().n8n.get(before.id)) as typeof before & {
      versionId: string;
    };
    expect({ updatedAt, active, nodes }).toEqual({ updatedAt: before.updatedAt, active: false, nodes: before.nodes });
    expect(versionId).toBe((before as typeof before & { versionId: string }).versionId);
    expect(await stage().n8n.executions(before.id)).toEqual([]);
  });

  it("starts what is started by hand, by the clock or by another service, with the input that is given", async () => {
    const nightly = {
      ...chain(
        node("Every night", "scheduleTrigger", { rule: { interval: [{}] } }),
        code(
          "Sum",
          "return [{ json: { sum: $input.all().reduce((sum, { json }) => sum + (json.n ?? 0), 0), nightly: $('Every night').isExecuted } }]",
        ),
        call("Tell", "https://example.com/sum", "={{ JSON.stringify($json) }}"),
      ),
    };
    const manual = node("By hand", "manualTrigger");
    await stage().create({
      name: "Nightly",
      nodes: [...nightly.nodes, manual, node("Mail", "emailSend")],
      connections: { ...nightly.connections, "By hand": { main: [[{ node: "Sum", type: "main", index: 0 }]] } },
    });
    const definition = (startNode: string, input: string, sum: number) => `
- name: nightly
  call: { workflow: Nightly, start: ${startNode}${input} }
  expect:
    execution: { ran: ${startNode === "By hand" ? "[Sum, Tell]" : "[Every night, Sum, Tell]"} }
    calls: [{ url: "https://example.com/sum", body: { $.sum: ${sum}, $.nightly: ${startNode === "Every night"} } }]
`;
    const given = await stage().test(definition("Every night", ", input: [{ n: 1 }, { n: 2 }]", 3));
    expect(given).toMatchObject({ status: "passed" });
    expect(await stage().test(definition("By hand", "", 0))).toMatchObject({ status: "passed" });
    const unclear = await stage().test("- name: nightly\n  call: { workflow: Nightly }\n");
    expect(unclear).toMatchObject({ status: "failed", next: expect.stringContaining('"Every night", "By hand"') });
  });

  it("refuses an inactive workflow that would reach outside, naming the node, unless that node is allowed", async () => {
    await stage().create({
      name: "Reminders",
      ...chain(node("By hand", "manualTrigger"), node("Ask", "dataTable"), code("Go", "return []")),
    });
    await stage().create({
      name: "Sneaky",
      ...chain(
        node("By hand", "manualTrigger"),
        code("Go", "return await this.helpers.httpRequest('https://example.com')"),
      ),
    });
    expect(await stage().test("- name: reminders\n  call: { workflow: Reminders }\n")).toMatchObject({
      status: "failed",
      node: "Ask",
      error: 'Node "Ask" (n8n-nodes-base.dataTable) would reach outside',
    });
    expect(await stage().test("- name: sneaky\n  call: { workflow: Sneaky }\n")).toMatchObject({
      status: "failed",
      node: "Go",
    });
    expect(await stage().test("- name: sneaky\n  allow: [Go]\n  call: { workflow: Sneaky }\n")).not.toMatchObject({
      error: expect.stringContaining("would reach outside"),
    });
  });
}

/** What is changed in the definition, and what must be said then. */
const unexpected: [what: string, from: string, to: string, seen: RegExp, expected: RegExp][] = [
  ["the answer", "$.total: 42 }, latency", "$.total: 43 }, latency", /body \$\.total 42/, /43/],
  [
    "a node that should run",
    "Answer], notRan",
    "Answer, Ship], notRan",
    /these nodes ran: Webhook, Price, Tell, Answer/,
    /Ship/,
  ],
  ["a node that should not run", "[Alarm]", "[Price]", /these nodes ran/, /"Price" does not run/],
  ["a call", "url: { matches: told$ }", "url: { matches: shipped$ }", /url .*told/, /shipped/],
  ["rows", "above: 0", "above: 1000", /value 1/, /above 1000/],
  ["nodes", "value: 1 }]", "value: 2 }]", /value 1/, /2/],
  ["the time", "within: 20s", "within: 1ms", /ended after \d+ ms/, /within 1 ms/],
];

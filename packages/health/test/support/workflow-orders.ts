import { call, chain, code, webhook } from "./workflow-n8n.ts";

/** A workflow that prices an order, tells somebody, and answers. */
export const orders = (path: string) =>
  chain(
    webhook(path),
    code("Price", "return [{ json: { id: $json.body.id, total: 2 * $json.body.amount } }]"),
    call("Tell", `={{ $('Webhook').item.json.body.callback }}`, "={{ JSON.stringify($json) }}"),
    code("Answer", "return [{ json: { ok: true, total: $('Price').first().json.total } }]"),
  );
/** What is expected of it. */
export const ordersTest = (path: string) => `
- name: orders
  call:
    webhook: ${path}
    body: { id: "\${nonce}", amount: 21, callback: "\${catcher}/told" }
  expect:
    response: { status: 200, headers: { content-type: { contains: json } }, body: { $.ok: true, $.total: 42 }, latency: { below: 10000 } }
    execution: { ran: [Webhook, Price, Tell, Answer], notRan: [Alarm] }
    within: 20s
    calls: [{ method: POST, url: { matches: told$ }, body: { $.id: "\${nonce}", $.total: 42 } }]
    postgres: [{ database: n8n, query: "SELECT count(*) FROM workflow_entity WHERE name = 'Orders'", value: { above: 0 } }]
    neo4j: [{ query: "RETURN 1", value: 1 }]
`;

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { content } from "../testing/arbitrary.ts";
import { exampleContent } from "../testing/example.ts";
import { diffContent, isSame } from "./diff.ts";
import { diffMarkdown, diffText } from "./show.ts";

const webhook = { id: "1", name: "Webhook", type: "n8n-nodes-base.webhook", typeVersion: 2, parameters: { path: "a" } };
const code = {
  id: "2",
  name: "Code",
  type: "n8n-nodes-base.code",
  typeVersion: 2,
  parameters: { jsCode: "return 1;\nend" },
};
const save = {
  id: "3",
  name: "Save",
  type: "n8n-nodes-base.postgres",
  typeVersion: 2,
  position: [0, 0],
  parameters: {},
};
const to = (node: string) => ({ main: [[{ node, type: "main", index: 0 }]] });

const before = exampleContent({ nodes: [webhook, code, save], connections: { Webhook: to("Code"), Code: to("Save") } });

describe("two states of a workflow", () => {
  it("are compared node by node", () => {
    const after = exampleContent({
      name: "Orders 2",
      settings: {},
      nodes: [
        { ...webhook, name: "Hook", parameters: { path: "b" } },
        { ...save, position: [9, 9] },
        { ...code, id: "4", name: "Other", parameters: { jsCode: "return 2;" } },
      ],
      connections: { Hook: to("Other"), Other: to("Save") },
    });
    expect(diffText(diffContent(before, after))).toBe(`~ name: "Orders" → "Orders 2"
~ settings.executionOrder: "v1" (gone)
+ Other (code)
- Code (code)
~ Hook (webhook)
    name: "Webhook" → "Hook"
    parameters.path: "a" → "b"
+ Hook → Other
+ Other → Save
- Hook → Code
- Code → Save
  only moved: Save`);
  });

  it("are read in a pull request", () => {
    const after = { ...before, nodes: [webhook, { ...code, parameters: { jsCode: "return `2`;\nend" } }, save] };
    expect(
      diffMarkdown("Orders: staging → production", diffContent(before, after)),
    ).toBe(`### Orders: staging → production

**Changed: Code (code)**

- \`parameters.jsCode\`:

  \`\`\`diff
  - return 1;
  - end
  + return \`2\`;
  + end
  \`\`\``);
  });

  it("show a new workflow whole", () => {
    expect(diffText(diffContent(undefined, before))).toBe(`+ Webhook (webhook)
+ Code (code)
+ Save (postgres)
+ Webhook → Code
+ Code → Save`);
  });

  it("differ exactly when what travels differs, whatever they hold", () => {
    fc.assert(
      fc.property(content, content, (one, other) => {
        expect(isSame(diffContent(one, structuredClone(one)))).toBe(true);
        const back = diffContent(other, one);
        const there = diffContent(one, other);
        expect(isSame(there)).toBe(isSame(back));
        expect(there.added.length).toBe(back.removed.length);
        expect(diffMarkdown("t", there).split("\n").length).toBeGreaterThan(2);
      }),
    );
  });

  it("may have keys that every object has", () => {
    const one = exampleContent({ nodes: [{ ...webhook, parameters: { toString: 1 } }] });
    const other = exampleContent({ nodes: [{ ...webhook, parameters: {} }] });
    expect(diffText(diffContent(one, other))).toBe('~ Webhook (webhook)\n    parameters.toString: "1" (gone)');
  });

  it("cannot break out of Markdown", () => {
    const after = exampleContent({
      name: "x` <script>alert(1)</script> | `",
      nodes: before.nodes,
      connections: before.connections,
    });
    const shown = diffMarkdown("<img src=x>", diffContent(before, after));
    expect(shown).toContain("### \\<img src=x\\>");
    expect(shown).toContain("`` x` <script>alert(1)</script> | ` ``");
  });
});

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { orderOf } from "../src/actions.ts";
import { type ActionId, actions, verbOf } from "../src/contract/actions.ts";
import { verbScript } from "../src/verb-script.ts";
import { viewNames, wordsOf } from "../src/views/by-verb.ts";

const run = promisify(execFile);
const environment = "staging";

/** As much of each action as can be said. */
const whole: Partial<Record<ActionId, object>> = {
  promote: { from: "staging" },
  "promote:check": { from: "staging" },
  rollback: { tag: "rollback-20261121-170501", withData: true },
  restart: { service: "n8n" },
  backup: { verify: true },
  "health:silence": { check: "n8n", length: "2h", why: "known" },
  "health:unsilence": { check: "n8n" },
  "sync:policy": { only: ["app public.people.mail"] },
  "sync:production": { resume: true },
  "n8n:migrate-up": { resolve: "theirs" },
  "n8n:create-migration": { workflow: "Order intake" },
  "records:resolve": { conflict: "0b0f1f5e-0c5e-4d3c-9d0e-0d6f0f4f2b11", take: "theirs", set: { name: "x" } },
  "team:pull": { snapshot: "2026-11-22-14-05-09" },
};

async function flagsOf(verb: string): Promise<string> {
  const [program, ...words] = verbScript(verb);
  return (await run(program, [...words, "--help"])).stdout;
}

async function expectKnown(verb: string, words: readonly string[]): Promise<void> {
  const help = await flagsOf(verb);
  const own = words.slice(0, words.includes("--") ? words.indexOf("--") : undefined);
  for (const flag of own.flatMap((word) => /^--[a-z-]+/.exec(word)?.[0] ?? [])) {
    expect(help, `${verb} ${flag}`).toMatch(new RegExp(`${flag}\\b`));
  }
}

describe("every flag that the console uses is one of the verb", () => {
  it.each(Object.keys(actions) as ActionId[])("%s", async (id) => {
    const { flags } = orderOf(id, { environment, ...whole[id] });
    await expectKnown(verbOf(id), ["--json", ...flags]);
  });

  it.each(viewNames)("view %s", async (name) => {
    const extra = {
      "workflow-diff": { what: "x", with: "production" },
      "record-history": { record: crypto.randomUUID() },
    };
    const from = name === "promotion-plan" ? { from: "production" } : {};
    const [verb = "", ...words] = wordsOf(name, { environment, ...from, ...(extra[name as keyof typeof extra] ?? {}) });
    await expectKnown(verb, words);
  });
});

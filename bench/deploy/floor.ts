import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { measure } from "./measure.ts";
import type { Section } from "./report.ts";
import type { Rivals } from "./rivals.ts";

/** How each service is asked inside its container; Postgres runs throughout. */
const questions: Readonly<Record<string, string[]>> = {
  letta: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8283/v1/health/"],
  n8n: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5678/healthz/readiness"],
  "open-webui": ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/health"],
  neo4j: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:7474/"],
};

/** The first boot of each slow service with only Postgres beside it: no deploy of the stack can be faster than the slowest. */
export async function measureFloor({ compose }: Rivals, say: (line: string) => void): Promise<Section> {
  const only = (...args: string[]) => ({ ...compose.up, args: [...compose.up.args, ...args] });
  await measure(only("postgres"));
  await sleep(5_000);
  const project = compose.up.args[1] ?? "";
  const phases: [string, number][] = [];
  for (const [service, question] of Object.entries(questions)) {
    const began = performance.now();
    await measure(only("--no-deps", service));
    const container = `${project}_${service}_1`;
    while (!passes(container, question)) await sleep(300);
    phases.push([service, performance.now() - began]);
    execFileSync("docker", ["stop", container], { stdio: "ignore" });
    say(`floor: ${service}`);
  }
  await compose.remove();
  return { title: "The floor: first boot of one service alone, beside Postgres (one run)", peer: "", rows: [], phases };
}

function passes(container: string, question: readonly string[]): boolean {
  try {
    execFileSync("docker", ["exec", container, ...question], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

import { connectEngine, type Engine, exec } from "../../packages/core/src/index.ts";
import { createInstallation, type TestInstallation } from "../../packages/deploy/test/support/installation.ts";
import { chain, code, node, TestN8n, webhook } from "../../packages/health/test/support/workflow-n8n.ts";
import { bulk } from "./setting.ts";

const offset = 28_000;
export const workflows = 31;
/** Of each workflow. */
export const nodes = 24;

/** Of a staging with its own ports. */
export function stagingSettings(portOffset: number): string {
  return `environments:
  staging: { kind: staging, profile: laptop, portOffset: ${portOffset}, bind: 127.0.0.1 }
teamSync: { team: shop }
`;
}

/** A staging of every service, deployed, with workflows and so many MB of rows. */
export async function filledStaging(megabytes: number, say: (line: string) => void): Promise<TestInstallation> {
  const installation = createInstallation(stagingSettings(offset));
  try {
    await using engine = await connectEngine("local");
    say("deploying a whole staging");
    await installation.json("deploy:staging", "--env", "laptop");
    say(`filling it with ${workflows} workflows and ${megabytes} MB`);
    await makeWorkflows(installation);
    await makeRows(engine, installation, megabytes);
    return installation;
  } catch (error) {
    await installation[Symbol.asyncDispose]();
    throw error;
  }
}

/** Workflows of some length behind a webhook each, a third of them live. */
async function makeWorkflows({ env }: TestInstallation): Promise<void> {
  const n8n = new TestN8n(`http://localhost:${5_678 + offset}`, env("staging").N8N_API_KEY ?? "");
  for (let index = 0; index < workflows; index++) {
    const steps = Array.from({ length: nodes - 1 }, (_, n) => (n % 3 ? codeStep(index, n) : fieldsStep(n)));
    await n8n.create({ name: `Workflow ${index}`, ...chain(webhook(`bench-${index}`), ...steps) }, index % 3 === 0);
  }
}

async function makeRows(engine: Engine, { project }: TestInstallation, megabytes: number): Promise<void> {
  const command = ["psql", "-qU", "postgres", "-v", "ON_ERROR_STOP=1", "-d", "app", "-f", "-"];
  const { exitCode, stderr } = await exec(engine, `${project}-staging-postgres`, command, {
    stdin: `${bulk(megabytes)};\n`,
  });
  if (exitCode !== 0) throw new Error(stderr);
}

function codeStep(workflow: number, n: number) {
  const lines = Array.from({ length: 8 }, (_, line) => `const value${line} = $input.all()[${n}];\n`);
  return code(`Step ${n}`, `// Step ${n} of workflow ${workflow}\n${lines.join("")}return $input.all();`);
}

function fieldsStep(n: number) {
  const assignments = [{ id: `field-${n}`, name: "step", type: "number", value: n }];
  return node(`Step ${n}`, "set", { options: {}, assignments: { assignments } }, 3.4);
}

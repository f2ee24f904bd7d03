import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Installation } from "@understudy/core";
import type { Profile } from "@understudy/environment";
import { builtInPolicies, policyOfExecutions } from "./built-in.ts";
import { type PolicyFile, parsePolicy } from "./file/parse-policy.ts";
import { layOver } from "./lay-over.ts";
import type { N8nPolicy, Policy } from "./policy.ts";

const n8nDefaults: N8nPolicy = { activeWorkflows: [], executions: "drop", credentials: "stub" };

/** The file of an installation that says what happens to production's data. It need not be there. */
export function policyFile({ root }: Pick<Installation, "root">): string {
  return join(root, "sanitize.yml");
}

/**
 * `sanitize.yml` of an installation, laid over the policies of the known services.
 * @param profile of the environment that gets the data: a laptop never gets n8n's executions, nor its credentials.
 * @throws UserError with file, line, field and reason.
 */
export function readPolicy(installation: Pick<Installation, "root">, profile: Profile = "laptop"): Policy {
  const own = ownPolicy(policyFile(installation));
  const n8n = {
    ...n8nDefaults,
    ...own?.n8n,
    ...(profile === "laptop" ? ({ executions: "drop", credentials: "stub" } as const) : {}),
  };
  const files = [
    ...builtInPolicies(),
    ...(n8n.executions === "keep" ? [policyOfExecutions()] : []),
    ...(own ? [own] : []),
  ];
  return { ...files.reduce(layOver), n8n };
}

function ownPolicy(file: string): PolicyFile | undefined {
  return existsSync(file) ? parsePolicy(readFileSync(file, "utf8"), relative(process.cwd(), file)) : undefined;
}

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type PolicyFile, parsePolicy } from "./file/parse-policy.ts";

/** Policies of the services whose databases and files we know, at the versions that the compose files pin. */
const services = ["n8n", "letta", "openwebui", "volumes"] as const;

export function builtInPolicies(): PolicyFile[] {
  return services.map(read);
}

/** What is laid over n8n's policy when its executions are kept. */
export function policyOfExecutions(): PolicyFile {
  return read("n8n-executions");
}

function read(name: string): PolicyFile {
  const file = fileURLToPath(new URL(`../../policies/${name}.yml`, import.meta.url));
  return parsePolicy(readFileSync(file, "utf8"), `policies/${name}.yml`);
}

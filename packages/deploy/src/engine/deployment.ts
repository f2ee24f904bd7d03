import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Deployment, Stack } from "@pulumi/pulumi/automation/index.js";

const run = promisify(execFile);

/**
 * What Pulumi remembers, as it lies in its backend: secrets are encrypted. The SDK's own export decrypts them, and its
 * import puts what it is given into the temporary folder.
 */
export async function exportDeployment({ name, workspace }: Stack): Promise<Deployment> {
  const { workDir, pulumiHome, envVars, pulumiCommand } = workspace;
  const { stdout } = await run(pulumiCommand.command, ["stack", "export", "--stack", name, "--non-interactive"], {
    cwd: workDir,
    env: { ...process.env, ...(pulumiHome ? { PULUMI_HOME: pulumiHome } : {}), ...envVars },
    maxBuffer: 256 * 1_024 * 1_024,
  });
  return JSON.parse(stdout) as Deployment;
}

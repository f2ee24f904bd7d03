import { cpSync } from "node:fs";
import { join } from "node:path";
import { createInstallation, type TestInstallation } from "./installation.ts";

/**
 * Another operator's checkout of the same installation: the files that are committed, and the environment file, handed over. Nothing of
 * what the first one's runs have noted.
 */
export function joinAs(first: TestInstallation, environment: string): TestInstallation {
  const second = createInstallation("");
  for (const file of ["understudy.yml", "compose", `.env.${environment}`]) {
    cpSync(join(first.root, file), join(second.root, file), { recursive: true });
  }
  return second;
}

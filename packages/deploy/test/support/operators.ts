import type { ChildProcess } from "node:child_process";
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

/** Resolves once a running verb has said something, or has ended without. @returns whether it has */
export function said(child: ChildProcess, text: string): Promise<boolean> {
  let heard = "";
  return new Promise((resolve) => {
    child.once("close", () => resolve(false));
    child.stderr?.on("data", (chunk) => {
      heard += chunk;
      if (heard.includes(text)) resolve(true);
    });
  });
}

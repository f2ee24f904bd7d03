import { spawn } from "node:child_process";
import { finished, type TestInstallation, type VerbResult } from "../../packages/deploy/test/support/installation.ts";
import type { Block } from "./page.ts";

/**
 * Run a block of a page as a person would, in the installation's folder.
 * @param offset by which its ports are moved to where the installation's staging is
 */
export function runBlock({ root }: TestInstallation, { text }: Block, offset = 0): Promise<VerbResult> {
  const script = text.replaceAll(/localhost:(\d+)/g, (_, port) => `localhost:${Number(port) + offset}`);
  return finished(
    spawn("bash", ["-eu", "-o", "pipefail", "-c", script], {
      cwd: root,
      env: {
        ...process.env,
        UNDERSTUDY_ROOT: root,
        NO_COLOR: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

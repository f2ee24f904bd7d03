import type { ListrLogger } from "listr2";

export interface Step {
  readonly title: string;
  /** Does the work; `report` shows the newest detail line; what it returns, if text, is added to the title. */
  run(report: (line: string) => void): Promise<unknown>;
}

/** Run steps one after another, shown as a list on a terminal and as plain lines elsewhere; always on stderr. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  // Loaded when there are steps: a verb that finds nothing to do shows none.
  const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
  const logger = (): ListrLogger =>
    new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  let failure: { error: unknown } | undefined;
  const list = new Listr(
    steps.map((step) => ({
      title: step.title,
      task: async (_context: unknown, task: { title: string; output: string }) => {
        try {
          const note = await step.run((line) => {
            task.output = line;
          });
          if (typeof note === "string") task.title = `${step.title}: ${note}`;
        } catch (error) {
          failure = { error };
          throw new Error("see below");
        }
      },
    })),
    {
      renderer: process.stderr.isTTY ? "default" : "simple",
      rendererOptions: { logger: logger(), showErrorMessage: false },
      // Who is interrupted decides what is to be cleaned up first.
      registerSignalListeners: false,
      fallbackRenderer: "simple",
      fallbackRendererOptions: { logger: logger() },
    },
  );
  try {
    await list.run();
  } catch (error) {
    // The list shows where it failed; the caller says what failed, once.
    throw failure ? failure.error : error;
  }
}

import { Listr, ListrLogger, ProcessOutput } from "listr2";

export interface Step {
  readonly title: string;
  /** Does the work; `report` shows the newest detail line; a returned string is added to the title. */
  run(report: (line: string) => void): Promise<string | void>;
}

/** Run steps one after another, shown as a list on a terminal and as plain lines elsewhere; always on stderr. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  const list = new Listr(
    steps.map((step) => ({
      title: step.title,
      task: async (_context: unknown, task: { title: string; output: string }) => {
        const note = await step.run((line) => {
          task.output = line;
        });
        if (note) task.title = `${step.title}: ${note}`;
      },
    })),
    {
      renderer: process.stderr.isTTY ? "default" : "simple",
      rendererOptions: { logger: stderrLogger(), collapseErrors: false, showErrorMessage: false },
      fallbackRenderer: "simple",
      fallbackRendererOptions: { logger: stderrLogger() },
    },
  );
  await list.run();
}

function stderrLogger(): ListrLogger {
  return new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
}

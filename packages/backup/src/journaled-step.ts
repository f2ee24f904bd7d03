import type { Journal, Step } from "@understudy/core";

/** A step that is in the journal before it begins, under a name of its own. */
export function journaledStep(journal: Journal, title: string, name: string, run: Step["run"]): Step {
  return {
    title,
    run: async (report) => {
      journal.step(name);
      return await run(report);
    },
  };
}

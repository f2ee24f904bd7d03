import { runVerb } from "@understudy/core";
import { buildPage } from "../build-page.ts";

await runVerb(import.meta.url, {
  name: "build:console",
  description: "Build the console's page into packages/console/dist. pnpm console does it by itself when it is old.",
  examples: ["pnpm build:console"],
  configure: (command) => command,
  run: async () => {
    await buildPage();
  },
});

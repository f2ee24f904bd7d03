import { runVerb } from "@understudy/core";
import { type BuildPlan, buildImages, planBuilds, recipes } from "../index.ts";
import { recipeOf } from "../recipe.ts";

interface Options {
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

await runVerb<Options, string[]>(import.meta.url, {
  name: "images:build",
  description: "Build the images of images/ that are missing or whose recipe changed, on the local Docker engine.",
  examples: ["pnpm images:build", "pnpm images:build n8n letta", "pnpm images:build --dry-run --json"],
  configure: (command) =>
    command
      .argument("[service...]", "names of folders in images/; all of them unless told")
      .option("--dry-run", "say what would be built, and stop")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ json = false, dryRun = false }, ...services) => {
    const known = await recipes();
    const wanted = services.length ? services.map((service) => recipeOf(service, known)) : known;
    const plan = await planBuilds(wanted);
    if (!dryRun)
      await buildImages(plan, { onProgress: ({ image, line }) => process.stderr.write(`${image}: ${line}\n`) });
    process.stdout.write(json ? `${JSON.stringify(result(plan, dryRun))}\n` : summary(plan, dryRun));
  },
});

function result(plan: BuildPlan, dryRun: boolean) {
  return { dryRun, built: plan.map(({ recipe, reason }) => ({ name: recipe.name, image: recipe.tag, reason })) };
}

function summary(plan: BuildPlan, dryRun: boolean): string {
  if (plan.length === 0) return "Every image is there and matches its recipe.\n";
  const verb = dryRun ? "would build" : "built";
  return plan.map(({ recipe, reason }) => `${verb} ${recipe.tag} (${reason})\n`).join("");
}

import { runDeployVerb } from "./deploy-command.ts";

await runDeployVerb(
  import.meta.url,
  "production",
  "Install production for the first time; afterwards, repair what is recorded. New releases come by promotion.",
  [
    "pnpm deploy:production            # first installation, or repair",
    "pnpm deploy:production --dry-run  # what would be repaired",
  ],
);

import { runDeployVerb } from "./deploy-command.ts";

await runDeployVerb(import.meta.url, "staging", "Deploy a staging stack and prove it healthy.", [
  "pnpm deploy:staging                          # laptop or server, as this machine looks",
  "pnpm deploy:staging --env laptop             # with resource limits and debug settings",
  "pnpm deploy:staging --dry-run                # what would change",
  "pnpm deploy:staging --environment staging-2  # another staging of understudy.yml",
]);

import type { Garden } from "./planted.ts";
import type { Stage } from "./stage.ts";

/** A file of production's n8n that the policy of the tests keeps. */
export const keptFile = { path: "nodes/README.md", text: "Nodes of the team.\n" } as const;

/** Put files with personal values into production's volumes, and one without. */
export async function fillFiles(stage: Stage, garden: Garden): Promise<void> {
  const text = (place: string) => garden.plant(place, "email").join("\n");
  await stage.put("production", "n8n", "/home/node/.n8n/binaryData/report.csv", text("file of n8n"));
  await stage.put("production", "n8n", `/home/node/.n8n/${keptFile.path}`, keptFile.text);
  await stage.put("production", "letta", "/home/letta/.letta/humans/people.txt", text("file of letta"));
  await stage.put("production", "open-webui", "/app/backend/data/uploads/letter.txt", text("file of open-webui"));
}

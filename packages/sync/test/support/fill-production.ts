import { fillApp } from "./fill-app.ts";
import { fillFiles } from "./fill-files.ts";
import { fillLetta } from "./fill-letta.ts";
import { fillN8n } from "./fill-n8n.ts";
import { fillNeo4j } from "./fill-neo4j.ts";
import { fillOpenWebui } from "./fill-open-webui.ts";
import type { Garden } from "./planted.ts";
import type { Stage } from "./stage.ts";

/** Fill every part of production with data in which personal values are planted. */
export async function fillProduction(stage: Stage, garden: Garden, customers: number): Promise<void> {
  const planted = await fillApp(stage, garden, customers);
  await fillNeo4j(stage, garden, customers, planted);
  await fillN8n(stage, garden);
  await fillLetta(stage, garden);
  await fillOpenWebui(stage, garden);
  await fillFiles(stage, garden);
}

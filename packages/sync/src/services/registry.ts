import { lettaData } from "./letta/letta-data.ts";
import { n8nData } from "./n8n/n8n-data.ts";
import { openWebuiData } from "./open-webui/open-webui-data.ts";
import type { ServiceData } from "./service-data.ts";

/** Every service whose own data is known. */
export const knownServices: readonly ServiceData[] = [n8nData, lettaData, openWebuiData];

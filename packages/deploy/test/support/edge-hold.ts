import { connectEngine } from "@understudy/core";
import { Edge } from "../../src/edge/edge.ts";

// Holds n8n, says so, and does not let go: it waits to be killed.

const [container = "", toolbox = "", limit] = process.argv.slice(2);
const engine = await connectEngine("local");
const edge = await Edge.open(engine, [container], toolbox);
await edge.hold("n8n", Number(limit));
console.info("held");

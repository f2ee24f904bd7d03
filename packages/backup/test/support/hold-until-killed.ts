import { connectEngine } from "@understudy/core";
import { Hold } from "../../src/hold/hold.ts";

// Holds a container, says so, and waits to be killed. Arguments: stack name, container.
const [stackName = "", id = ""] = process.argv.slice(2);
const engine = await connectEngine("local");
const containers = [await engine.docker.getContainer(id).inspect()];
const hold = await Hold.prepare(engine, { stackName, containers, deadline: 60_000 });
await hold.begin();
console.log("held");
setInterval(() => {}, 1_000);

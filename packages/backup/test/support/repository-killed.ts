import { connectEngine } from "@understudy/core";
import { Repository } from "../../src/repository/repository.ts";

// A process of its own, to be killed while it stores: `node repository-killed.ts <stack> <folder> <key>`.
const [stackName = "", folder = "", key = ""] = process.argv.slice(2);
const engine = await connectEngine("local");
const location = { where: folder, folder, credentials: {} };
const repository = await Repository.open({ engine, stackName, location, key, warn: console.error });
await repository.storeOutput({
  name: "endless",
  tags: ["killed"],
  script: "while true; do head -c 300000 /dev/urandom; sleep 0.1; done",
  report: (line) => process.stdout.write(`${line}\n`),
});

import { createSyncServer } from "../../src/index.ts";

// A sync server in a process of its own; how to log in comes as JSON in the environment. Prints its address.
const postgres = JSON.parse(process.env.RECORDS_TEST_POSTGRES ?? "");
const server = await createSyncServer({
  postgres,
  entities: ["notes"],
  enrolmentSecret: "let me in",
  attemptsPerMinute: 10_000,
});
process.stdout.write(`${await server.listen("127.0.0.1", Number(process.env.RECORDS_TEST_PORT ?? 0))}\n`);

import { expect, it } from "vitest";
import { createInstallation } from "./support/installation.ts";
import { joinAs } from "./support/operators.ts";
import { startStateDatabase } from "./support/state-database.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

it("plays", async () => {
  await using database = await startStateDatabase();
  process.env.PGPASSWORD = database.password;
  await using ada = createInstallation(
    `state: { backend: "${database.url}" }\nenvironments:\n  staging: { kind: staging, portOffset: 19700 }\n`,
  );
  writeTinyStack(ada);
  const show = (what: string, result: { exitCode: number | null; stdout: string; stderr: string; took: number }) =>
    console.log(`=== ${what}: ${result.exitCode} ${result.took} ms\n${result.stdout}${result.stderr}`);
  show("ada deploys", await ada.run("deploy:staging", "--env", "laptop"));
  await using bob = joinAs(ada, "staging");
  show("bob status", await bob.run("status"));
  show("bob unchanged", await bob.run("deploy:staging", "--env", "laptop"));
  show("bob refresh", await bob.run("deploy:staging", "--env", "laptop", "--refresh", "--json"));
  show("bob releases", await bob.run("releases", "--staging"));
  await database.stop();
  show("away", await ada.run("deploy:staging", "--env", "laptop", "--refresh"));
  await database.start();
  process.env.PGPASSWORD = "wrong";
  const env = { ...process.env };
  await using carol = joinAs(ada, "staging");
  show("wrong password", await carol.run("deploy:staging", "--env", "laptop", "--refresh"));
  expect(1).toBe(1);
});

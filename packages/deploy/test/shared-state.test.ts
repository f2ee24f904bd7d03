import { expect, it } from "vitest";
import { finished } from "./support/installation.ts";
import { joinAs, said } from "./support/operators.ts";
import * as shared from "./support/shared-state.ts";
import { startStateDatabase } from "./support/state-database.ts";

const { change, deploy, expectIntact, expectRefusal, nothing, operator, sql } = shared;

// A backend that is away, or in S3: shared-state.long.test.ts.
it("lets two operators deploy one environment: one waits or is refused by name, and goes on after a kill -9", async () => {
  await using database = await startStateDatabase();
  await using ada = operator(database, 19_700);
  const { release } = await ada.json<shared.DeployJson>(...deploy);
  await sql(ada, "create table marker (id int primary key); insert into marker values (42)");

  // Bob has what is committed and what was handed over, and knows the same.
  await using bob = joinAs(ada, "staging");
  expect(await bob.json("status", "--staging")).toMatchObject({ release, deployed: true });
  expect(await bob.json<shared.DeployJson>(...deploy)).toMatchObject({ changes: nothing, release });
  expect(bob.steps("staging")).toEqual(ada.steps("staging"));
  expect((await bob.json<shared.DeployJson>(...deploy, "--refresh")).changes).toEqual(nothing);

  // Two at once; the first is killed while Pulumi works.
  change([ada, bob], 1);
  const first = ada.start(...deploy);
  const killed = finished(first);
  expect(await said(first, "db: replacing container")).toBe(true);
  expectRefusal(
    await bob.run(...deploy),
    /^error: staging is locked by \S+@\S+, process \d+ \(deploy:staging, since 20/m,
  );
  const second = bob.start(...deploy, "--wait");
  const waited = finished(second);
  expect(await said(second, "Waiting: staging is locked by")).toBe(true);
  process.kill(first.pid ?? 0, "SIGKILL");
  const { exitCode, stderr } = await waited;
  await killed;
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toMatch(new RegExp(`The last deploy:staging by .*:${ada.root}\\) was cut off at "apply"`));
  await expectIntact(database, ada, bob);

  shared.expectUntold(database.password, [ada, bob]);
});

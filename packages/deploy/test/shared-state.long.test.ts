import { connectEngine } from "@understudy/core";
import { expect, it } from "vitest";
import { startS3 } from "../../team/test/support/s3-server.ts";
import { createInstallation } from "./support/installation.ts";
import { joinAs } from "./support/operators.ts";
import * as shared from "./support/shared-state.ts";
import { startStateDatabase } from "./support/state-database.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

const { change, containers, deploy, expectIntact, expectRefusal, nothing, ofStack, operator, sql, stored } = shared;

// Two operators at once, and a kill: shared-state.test.ts.
it("loses nothing while the backend is away, and takes no other engine's containers for those that are gone", async () => {
  await using database = await startStateDatabase();
  await using ada = operator(database, 19_900);
  await ada.json(...deploy);
  await sql(ada, "create table marker (id int primary key); insert into marker values (42)");
  await using bob = joinAs(ada, "staging");

  // Away before a deploy: a line, and nothing is changed.
  change([ada, bob], 1);
  const before = await containers(ada);
  await database.stop();
  expectRefusal(
    await bob.run(...deploy),
    /^error: The state backend postgres:\/\/127\.0\.0\.1:\d+\/postgres cannot be used: .*connection refused/m,
  );
  expect(await containers(ada)).toEqual(before);
  await database.start();

  // Away in the middle: what Pulumi made and could not write down is found by whoever comes next.
  const failed = ada.run(...deploy);
  const made = async () => (await containers(ada)).filter((id) => !before.includes(id)).length;
  await expect.poll(made, { interval: 20, timeout: 120_000 }).toBe(1);
  await database.stop();
  expectRefusal(await failed, /^error: The state backend postgres:\/\/127\.0\.0\.1:\d+\/postgres cannot be used: /m);
  await database.start();
  const mended = await bob.run(...deploy);
  expect(mended.exitCode, mended.stderr).toBe(0);
  await expectIntact(database, ada, bob);

  bob.write(".env.staging", bob.read(".env.staging").replace(/^PGPASSWORD=.*$/m, "PGPASSWORD=not-this-one"));
  expectRefusal(
    await bob.run(...deploy, "--refresh"),
    /^error: The state backend .* refuses us: password authentication failed.* Set PGPASSWORD in your environment, or in \.env\.staging/m,
  );

  // Every operator's `local` is another engine: what runs on one must not count as gone on the other.
  await database.query(
    `update pulumi_state set data = jsonb_build_object('data', encode(convert_to(regexp_replace(${stored}, '("outputs":\\s*\\{\\s*"engine":\\s*")[^"]*', '\\1another'), 'UTF8'), 'base64')) where ${ofStack}`,
  );
  const running = await containers(ada);
  expectRefusal(await ada.run(...deploy, "--refresh"), /^error: .*staging runs on another Docker engine \(another\)/m);
  expectRefusal(
    await ada.run("destroy:staging", "--yes"),
    /^error: .*staging runs on another Docker engine \(another\)/m,
  );
  expect(await containers(ada)).toEqual(running);

  shared.expectUntold(database.password, [ada, bob]);
});

it("keeps a shared state in S3 as well, and a production whose record another operator made", async () => {
  await using s3 = await startS3();
  const endpoint = `endpoint=${s3.url}&region=us-east-1&use_path_style=true`;
  await using ada = createInstallation(
    `state: { backend: "s3://${s3.bucket}/state?${endpoint}" }\nenvironments:\n  production: { kind: production, profile: laptop, portOffset: 19800 }\n`,
  );
  writeTinyStack(ada);
  ada.write(
    "compose/env.template",
    `${ada.read("compose/env.template")}AWS_ACCESS_KEY_ID=of-a-test\nAWS_SECRET_ACCESS_KEY=secret-of-a-test\n`,
  );
  const { release } = await ada.json<shared.DeployJson>("deploy:production");
  // Without the record of what is deployed, a production is not touched.
  await using bob = joinAs(ada, "production");
  expect(await bob.json<shared.DeployJson>("deploy:production", "--refresh")).toMatchObject({
    changes: nothing,
    release,
  });

  // Nor when what is known here may be older than what was lost.
  await using engine = await connectEngine("local");
  await engine.docker.getVolume(`${ada.project}-production-book`).remove();
  expectRefusal(
    await bob.run("deploy:production", "--refresh"),
    /What the operators noted of production is gone from its host/,
  );
});

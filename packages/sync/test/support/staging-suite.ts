import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { TestN8n } from "../../../health/test/support/workflow-n8n.ts";
import { keptFile } from "./fill-files.ts";
import { hookPath } from "./fill-n8n.ts";
import type { EnvironmentName, Stage } from "./stage.ts";

/** What must hold of a staging after a copy was swapped in. */
export function stagingSuite(opened: () => Stage): void {
  describe("staging with the copy", () => {
    const env = (name: string) => opened().installation.env("staging")[name] ?? "";
    const n8n = () => new TestN8n(opened().url("staging", 5678), env("N8N_API_KEY"));

    it("is healthy, and its workflow tests pass", async () => {
      const { installation } = opened();
      expect(await installation.json("health:check", "--staging")).toMatchObject({ status: "healthy" });
      expect(await installation.json("test:workflows", "--staging")).toMatchObject({ status: "passed" });
    });

    it("has production's workflows, and none acts", async () => {
      const stage = opened();
      const workflows = await n8n().list();
      expect(workflows.length).toBeGreaterThanOrEqual(2);
      expect(workflows.filter(({ active }) => active)).toEqual([]);
      const call = (environment: EnvironmentName) =>
        fetch(`${stage.url(environment, 5678)}/webhook/${hookPath}`, { method: "POST", body: "{}" });
      expect([(await call("production")).status, (await call("staging")).status]).toEqual([200, 404]);
      const runs = (environment: EnvironmentName) =>
        stage.sql(environment, "n8n", `SELECT count(*) FROM execution_entity WHERE mode = 'trigger'`).then(Number);
      const before = await runs("production");
      // The clock ticks every five seconds.
      await sleep(12_000);
      expect(await runs("production")).toBeGreaterThan(before);
      expect(await runs("staging")).toBe(0);
    });

    it("keeps its own logins, and takes none of production's", async () => {
      const stage = opened();
      const signIn = (values: Record<string, string>) =>
        fetch(`${stage.url("staging", 8080)}/api/v1/auths/signin`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ email: values.WEBUI_ADMIN_EMAIL, password: values.WEBUI_ADMIN_PASSWORD }),
        }).then(({ status }) => status);
      const ask = (values: Record<string, string>) =>
        fetch(`${stage.url("staging", 5678)}/api/v1/workflows?limit=1`, {
          headers: { "x-n8n-api-key": values.N8N_API_KEY ?? "" },
        }).then(({ status }) => status);
      const [own, others] = [stage.installation.env("staging"), stage.installation.env("production")];
      expect([await signIn(own), await ask(own)]).toEqual([200, 200]);
      expect([await signIn(others), await ask(others)]).toEqual([400, 401]);
    });

    it("has the same people in graph and database, under distinct addresses that tell nothing", async () => {
      const stage = opened();
      const rows = await stage.sql("staging", "app", "SELECT id || ' ' || email FROM crm.customers ORDER BY id");
      const inGraph = await stage.cypher(
        "staging",
        "MATCH (p:Person) RETURN p.customer + ' ' + p.email AS row ORDER BY p.customer;",
      );
      const [people, customers] = [inGraph.replaceAll('"', "").trim().split("\n").slice(1), rows.split("\n")];
      expect(people.length).toBe(customers.length);
      expect(people.filter((person, index) => person !== customers[index]).slice(0, 5)).toEqual([]);
      expect(customers.filter((row) => !/^\d+ test\+\w+@example\.com$/.test(row)).slice(0, 5)).toEqual([]);
      expect(new Set(customers.map((row) => row.split(" ")[1])).size).toBe(customers.length);
    });

    it("joins as production does, and searches what it has", async () => {
      const same = async (sql: string) =>
        expect(await opened().sql("staging", "app", sql)).toBe(await opened().sql("production", "app", sql));
      await same("SELECT count(*) FROM crm.newsletter JOIN crm.customers USING (email)");
      await same("SELECT count(*), sum(total) FROM crm.orders JOIN crm.customers ON customers.id = customer");
      await same("SELECT tableoid::regclass, count(*) FROM crm.visits GROUP BY 1 ORDER BY 1");
      await same("SELECT count(*) FROM crm.reachable");
      const indexed =
        "SELECT count(*) FROM crm.customers WHERE search IS DISTINCT FROM to_tsvector('simple', notes || ' ' || last_name)";
      expect(await opened().sql("staging", "app", indexed)).toBe("0");
    });

    it("has the files that the policy keeps, and no other of production's", async () => {
      const stage = opened();
      const folder = "/home/node/.n8n";
      expect(await stage.exec("staging", "n8n", ["cat", `${folder}/${keptFile.path}`])).toBe(keptFile.text);
      expect(await stage.exec("staging", "n8n", ["find", folder, "-name", "report.csv"])).toBe("");
    });
  });
}

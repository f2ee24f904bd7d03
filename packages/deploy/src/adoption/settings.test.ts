import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@understudy/compose";
import type { ContainerInspectInfo } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stands } from "./derive-settings.ts";
import { readSettings, refuseMissing } from "./settings.ts";

const envTemplate = `# generate: password(40)
PULUMI_CONFIG_PASSPHRASE=
# generate: password(32)
DB_PASSWORD=
# generate: password(24)
OWNER_PASSWORD=
TIMEZONE=Etc/UTC
`;

describe("readSettings", () => {
  let folder: string;
  const path = () => join(folder, ".env.production");
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "understudy-settings-"));
    writeFileSync(join(folder, "env.template"), envTemplate);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** With the password as the database and as the service has it. */
  function read(database: string, service = database) {
    const target = {
      installation: { composeDir: folder, envFile: path },
      settings: { adminEmail: "ada@example.org" },
      environment: { name: "production" },
    } as unknown as Target;
    const environment = { PASSWORD: stands("DB_PASSWORD") };
    const model = { services: { db: { name: "db", environment }, app: { name: "app", environment } } };
    const container = (value: string) =>
      ({ Config: { Env: [`PASSWORD=${value}`] } }) as unknown as ContainerInspectInfo;
    const services = new Map(Object.entries({ db: container(database), app: container(service) }));
    return readSettings(target, model as unknown as ComposeModel, services);
  }

  it("makes up the passphrase alone, and names what nothing tells", () => {
    const settings = read("kettle");
    expect(settings).toMatchObject({ derived: ["DB_PASSWORD"], missing: ["OWNER_PASSWORD"] });
    expect(settings.file.values).toMatchObject({ DB_PASSWORD: "kettle", TIMEZONE: "Etc/UTC", OWNER_PASSWORD: "" });
    expect(settings.file.values.PULUMI_CONFIG_PASSPHRASE).toHaveLength(40);
    expect(() => refuseMissing(settings)).toThrow("What runs does not tell OWNER_PASSWORD");
  });

  it("takes from the file what a person wrote there", () => {
    writeFileSync(path(), "OWNER_PASSWORD=told\nMORE=kept\nPULUMI_CONFIG_PASSPHRASE=mine\n", { mode: 0o600 });
    const { file, missing } = read("kettle");
    expect(missing).toEqual([]);
    expect(file.values).toEqual({
      ...{ DB_PASSWORD: "kettle", OWNER_PASSWORD: "told", PULUMI_CONFIG_PASSPHRASE: "mine", MORE: "kept" },
      ...{ TIMEZONE: "Etc/UTC", N8N_OWNER_EMAIL: "ada@example.org", WEBUI_ADMIN_EMAIL: "ada@example.org" },
    });
  });

  it("asks where two places differ, and says where, not what", () => {
    const why = "DB_PASSWORD (differs between db environment PASSWORD, app environment PASSWORD)";
    expect(read("kettle", "stove").missing).toEqual([why, "OWNER_PASSWORD"]);
  });

  it("refuses a file that says otherwise, or that others can read", () => {
    writeFileSync(path(), "DB_PASSWORD=stove\n", { mode: 0o600 });
    expect(() => read("kettle")).toThrow(/has other values than what runs: DB_PASSWORD$/);
    rmSync(path());
    writeFileSync(path(), "DB_PASSWORD=kettle\n", { mode: 0o644 });
    expect(() => read("kettle")).toThrow("can be read by others");
  });
});

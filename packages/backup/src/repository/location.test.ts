import { parseSettings, resolveEnvironment } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { locationOf } from "./location.ts";

const locate = (repository: string, variables: Record<string, string> = {}) => {
  const settings = parseSettings(`project: acme\nbackup: { repository: "${repository}" }`, "understudy.yml");
  return locationOf({ settings, environment: resolveEnvironment(settings, "production") }, variables);
};

describe("locationOf", () => {
  it("is a folder of the environment's own on its host", () => {
    const where = "/srv/backups/acme-production";
    expect(locate("/srv/backups/")).toEqual({ where, folder: where, credentials: {} });
  });

  it("takes what opens S3 along, and nothing else", () => {
    const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
    const where = "s3:https://host/bucket/path/acme-production";
    expect(locate("s3:https://host/bucket/path", { ...keys, AWS_SESSION_TOKEN: "", PASSWORD: "x" })).toEqual({
      where,
      credentials: keys,
    });
    const region = { ...keys, AWS_DEFAULT_REGION: "eu-1" };
    expect(locate("s3:https://host/bucket/path", region).credentials).toEqual(region);
  });

  it("takes an SSH key and the hosts that the person knows", () => {
    const variables = { HOME: "/home/me", BACKUP_SSH_KEY_FILE: "/home/me/key" };
    expect(locate("sftp:me@host:/srv", variables)).toEqual({
      where: "sftp:me@host:/srv/acme-production",
      credentials: {},
      ssh: { keyFile: "/home/me/key", knownHostsFile: "/home/me/.ssh/known_hosts" },
    });
    expect(locate("sftp://me@host:2222//srv", { ...variables, BACKUP_KNOWN_HOSTS_FILE: "/hosts" })).toMatchObject({
      where: "sftp://me@host:2222//srv/acme-production",
      ssh: { knownHostsFile: "/hosts" },
    });
  });

  it.each([
    ["s3:https://host/bucket", { AWS_ACCESS_KEY_ID: "id" }, "AWS_SECRET_ACCESS_KEY"],
    ["s3:https://host/bucket", { AWS_ACCESS_KEY_ID: "" }, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
    ["sftp:me@host:/srv", {}, "BACKUP_SSH_KEY_FILE"],
  ])("says what %s lacks", (repository, variables, missing) => {
    expect(() => locate(repository, variables as Record<string, string>)).toThrow(
      `Backups go to ${repository}/acme-production, and .env.production lacks ${missing}`,
    );
  });
});

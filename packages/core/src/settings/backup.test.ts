import { describe, expect, it } from "vitest";
import { parseSettings } from "./settings.ts";

const repositoryOf = (place: string) =>
  parseSettings(`backup: { repository: ${JSON.stringify(place)} }`, "understudy.yml").backup.repository;

describe("backup settings", () => {
  it("keeps backups on the host, and so many of them, unless told", () => {
    expect(parseSettings("", "empty").backup).toEqual({
      repository: "/var/backups/understudy",
      keep: { last: 7, daily: 7, weekly: 4, monthly: 6 },
    });
  });

  it.each([
    "/mnt/disk/backups",
    "s3:https://s3.example.org/bucket",
    "s3:http://localhost:9000/bucket/a/b",
    "sftp:deploy@example.org:/srv/backups",
    "sftp://deploy@[fd00::1]:2222//srv/backups",
  ])("accepts %s", (place) => {
    expect(repositoryOf(place)).toBe(place);
  });

  it.each([
    "backups",
    "/",
    "//",
    "/a:/b",
    "/a b",
    "s3:bucket",
    "s3:https://host",
    "sftp:example.org:/a",
    "sftp:me@-oProxyCommand=x:/a",
    "rest:http://host/",
    "",
  ])("refuses %j in one line", (place) => {
    expect(() => repositoryOf(place)).toThrow(
      /^understudy.yml:1: backup.repository: must be an absolute path, s3:https:\/\/host\/bucket or sftp:user@host:\/path$/,
    );
  });

  it("refuses a way up, and a password without repeating it", () => {
    expect(() => repositoryOf("/var/../etc")).toThrow('must not go up with ".."');
    expect(() => repositoryOf("s3:https://me:hunter22@host/bucket")).toThrow(/^(?!.*hunter22).*AWS_SECRET_ACCESS_KEY/);
  });

  it("refuses to keep none", () => {
    expect(() => parseSettings("backup: { keep: { last: 0 } }", "understudy.yml")).toThrow("backup.keep.last");
  });
});

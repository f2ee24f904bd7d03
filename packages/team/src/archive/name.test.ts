import { describe, expect, it } from "vitest";
import { archiveName, parseArchiveName, stampOf } from "./name.ts";

describe("names of archives", () => {
  it("say the time to the second, in UTC", () => {
    expect(archiveName({ stamp: stampOf(new Date("2026-11-22T14:05:09.987Z")), encrypted: false })).toBe(
      "team-export-2026-11-22-14-05-09.tar.gz",
    );
  });

  it.each([true, false])("are read as they were made, encrypted: %s", (encrypted) => {
    const name = { stamp: "2026-11-22-14-05-09", encrypted };
    expect(parseArchiveName(`/somewhere/${archiveName(name)}`)).toEqual(name);
  });

  it.each([
    "team-export-2026-11-22.tar.gz",
    ".team-export-2026-11-22-14-05-09.tar.gz",
    "team-export-2026-11-22-14-05-09.tar.gz.part",
    "backup.tar.gz",
  ])("are nobody else's: %s", (file) => {
    expect(parseArchiveName(file)).toBeUndefined();
  });
});

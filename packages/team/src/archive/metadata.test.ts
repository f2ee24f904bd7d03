import { describe, expect, it } from "vitest";
import { parseMetadata, unpackedSize } from "./metadata.ts";
import { archivedFile, someMetadata } from "./testing.ts";
import { metadataText } from "./write-archive.ts";

describe("metadata of an archive", () => {
  it("are read as they were written", () => {
    const metadata = someMetadata({ ".env": "A=1\n", "workflows.json": "[]" });
    expect(parseMetadata(metadataText(metadata))).toEqual(metadata);
    expect(unpackedSize(metadata)).toBe(6);
  });

  it("name no file twice", () => {
    const twice = [archivedFile(".env", ""), archivedFile(".env", "")];
    expect(() => parseMetadata(metadataText(someMetadata({}, { files: twice })))).toThrow("it names .env twice");
    const below = someMetadata({ ".env": "" }, { unchanged: [archivedFile(".env", "")] });
    expect(() => parseMetadata(metadataText(below))).toThrow("it names .env twice");
  });

  it("say which field is wrong", () => {
    const wrong = { ...someMetadata({}), postgres: "17" };
    expect(() => parseMetadata(JSON.stringify(wrong))).toThrow(/^postgres: /);
  });

  it.each([
    [2, "Update first: git pull"],
    [0, "Ask its sender to update, and to export again"],
  ])("of format %i are refused, with what to do, whatever else is in them", (format, next) => {
    const { exportDate: _, ...other } = { ...someMetadata({}), format, more: true };
    const message = `It was exported by Understudy 0.1.0, in format ${format}; this one reads 1`;
    expect(() => parseMetadata(JSON.stringify(other))).toThrow(expect.objectContaining({ message, next }));
  });

  it("without a version, and those of others, are not told apart from damage", () => {
    for (const data of [{ format: 2 }, { product: "other", format: 2, understudyVersion: "1" }, null])
      expect(() => parseMetadata(JSON.stringify(data))).toThrow(/^\w*: Invalid input/);
  });
});

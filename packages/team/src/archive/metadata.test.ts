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

  it("of a format that is not known are refused", () => {
    expect(() => parseMetadata(JSON.stringify({ ...someMetadata({}), format: 2 }))).toThrow(/^format: /);
  });
});

import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Spool } from "../archive/spool.ts";
import { Collection } from "./collect.ts";

const folder = () => mkdtempSync(join(tmpdir(), "understudy-collect-"));

describe("what is gathered for an archive", () => {
  it("waits on disk unreadable, is given back as it was, and goes with the run", async () => {
    const place = folder();
    {
      using spool = new Spool(place);
      const collection = new Collection(spool, {});
      await collection.addText("workflows.json", "a text that nobody else is to read");
      const [file = ""] = readdirSync(place);
      expect(readFileSync(join(place, file), "latin1")).not.toContain("nobody");
      const spooled = collection.contents.get("workflows.json");
      const read = Buffer.concat(await Array.fromAsync(spooled?.read() ?? [])).toString();
      expect(read).toBe("a text that nobody else is to read");
      expect(collection.files).toEqual([{ path: "workflows.json", bytes: 34, sha256: spooled?.sha256 }]);
    }
    expect(() => readdirSync(place)).toThrow(/ENOENT/);
  });

  it("is refused with a secret in it, also in the last bytes, when it goes out in clear", async () => {
    using spool = new Spool(folder());
    const open = new Collection(spool, { TOKEN: "abcdefghijkl" });
    await expect(open.addText("workflows.json", "it is abcdefghijkl")).rejects.toThrow(
      "workflows.json holds the secret TOKEN",
    );
    await expect(open.addText(".env", "abcdefghijkl and more")).rejects.toThrow(".env holds the secret TOKEN");
    expect(open.files).toEqual([]);
    const sealed = new Collection(spool, {});
    await expect(sealed.addText(".env", "abcdefghijkl")).resolves.toBeUndefined();
  });

  it("is refused under a name that no reader would take", async () => {
    using spool = new Spool(folder());
    const odd = `compose/${"x".repeat(90)}`;
    await expect(new Collection(spool, {}).addText(odd, "")).rejects.toThrow(/has no place in an archive/);
  });
});

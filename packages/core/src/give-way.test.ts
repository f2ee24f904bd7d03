import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

it("is less urgent than what serves, and so is what it starts", () => {
  const program = `
    import { execFileSync } from "node:child_process";
    import { getPriority } from "node:os";
    import { giveWay } from ${JSON.stringify(new URL("give-way.ts", import.meta.url).href)};
    giveWay();
    console.log(getPriority() >= 10, Number(execFileSync("nice")) === getPriority());`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(printed.trim()).toBe("true true");
});

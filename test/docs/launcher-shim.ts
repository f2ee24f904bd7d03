import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./page.ts";

/** A stand-in for `./understudy` that runs the verbs of this checkout without looking at the toolchain. */
export function launcherShim(): string {
  const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const cases = Object.entries(scripts).flatMap(([verb, script]) => {
    const file = script.split(" ").at(-1) ?? "";
    return file.startsWith("packages/")
      ? [`  ${verb}) exec '${process.execPath}' '${join(checkout, file)}' "$@" ;;`]
      : [];
  });
  return [
    "#!/bin/sh",
    '[ "$1" != --yes ] || shift',
    "verb=$1",
    "shift",
    "case $verb in",
    ...cases,
    '  *) echo "no page may run the verb $verb" >&2; exit 2 ;;',
    "esac",
    "",
  ].join("\n");
}

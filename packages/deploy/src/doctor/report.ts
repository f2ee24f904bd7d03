import { table } from "@understudy/core";
import { type Diagnosis, isBlocking } from "./examine.ts";
import type { Finding, Status } from "./finding.ts";

const widestLocation = 60;

const marks: Record<Status, string> = { ok: "ok", warning: "look", failed: "MISSING", unneeded: "-" };

/** The diagnosis for a person: a table, then what to do, one line each. `home` is shown as `~`. */
export function report({ ok, requirements }: Diagnosis, home: string): string {
  const rows = requirements.map(({ status, title, version, location }) => [
    marks[status],
    title,
    version ?? "none",
    shortened(location ?? "", home),
  ]);
  const advice = requirements.flatMap(({ title, needs, mend }) =>
    mend ? [`  ${title} (needed: ${needs})`, `    ${mend}`] : [],
  );
  return [
    table(["", "Requirement", "Found", "Where"], rows),
    ...(advice.length > 0 ? ["", "What to do:", ...advice] : []),
    "",
    ok ? "Everything that is required is there." : `Required and missing: ${titlesOfBlocking(requirements)}.`,
  ].join("\n");
}

/** A long path keeps its two ends; `--json` has the whole. */
function shortened(path: string, home: string): string {
  const short = home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
  if (short.length <= widestLocation) return short;
  return `${short.slice(0, 20)}…${short.slice(-(widestLocation - 21))}`;
}

function titlesOfBlocking(requirements: readonly Finding[]): string {
  return requirements
    .filter(isBlocking)
    .map(({ title }) => title)
    .join(", ");
}

import { Link } from "@tanstack/react-router";
import type { EnvironmentView } from "../../../../src/contract/overview.ts";
import { countInWords, percentInWords } from "../../lib/format.ts";
import { Ago, Badge } from "../../parts/basics.tsx";
import { Why } from "../../parts/why.tsx";
import { tones } from "./tones.ts";

export function HealthLine({ health }: { health: EnvironmentView["health"] }) {
  if (!health) return <span className="muted">no monitor has watched it yet</span>;
  if ("trouble" in health) return <span className="muted">{health.trouble.message}</span>;
  const { status, failing, uptime24h, openIncidents, silences, lookedAt } = health;
  return (
    <>
      {status === "unknown" && lookedAt && (
        <div>
          <Badge tone="warn">unknown</Badge> the last look was <Ago at={lookedAt} />. Is the monitor running? This is
          what it saw:
        </div>
      )}
      {percentInWords(uptime24h)} up in 24 hours
      {openIncidents > 0 && `, ${countInWords(openIncidents, "open incident")}`}
      {silences > 0 && `, ${countInWords(silences, "silence")}`}
      {lookedAt && (
        <span className="muted">
          {" "}
          · looked <Ago at={lookedAt} />
        </span>
      )}
      {failing.slice(0, 3).map(({ status, ...reason }) => (
        <div key={reason.check}>
          <Badge tone={tones[status] ?? "plain"}>{reason.check}</Badge>
          <Why reason={reason} />
        </div>
      ))}
      {failing.length > 3 && <Link to="/health">and {failing.length - 3} more</Link>}
    </>
  );
}

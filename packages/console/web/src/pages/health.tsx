import { useQuery } from "@tanstack/react-query";
import { Activity, BellOff, CheckCircle2 } from "lucide-react";
import { useState } from "react";
import type { CheckLine, HealthHistory } from "../../../src/contract/health.ts";
import { countInWords, durationInWords, percentInWords } from "../lib/format.ts";
import { healthQuery } from "../lib/queries.ts";
import { Act } from "../parts/act.tsx";
import { Ago, Badge, Card, CommandLine, Empty, Note, PageHead, type Tone } from "../parts/basics.tsx";
import { Bars, Spark } from "../parts/charts.tsx";
import { useEnvironment } from "../parts/environment-choice.tsx";
import { Field, Segments } from "../parts/fields.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Table } from "../parts/table.tsx";
import { Why } from "../parts/why.tsx";

const lengths = [
  ["1h", "1 h"],
  ["24h", "24 h"],
  ["7d", "7 d"],
  ["30d", "30 d"],
  ["90d", "90 d"],
] as const;

export default function HealthPage() {
  const { environment, choice } = useEnvironment();
  const [since, setSince] = useState<(typeof lengths)[number][0]>("24h");
  const history = useQuery(healthQuery(environment, since));
  return (
    <>
      <PageHead title="Health" about="How every check did, what went wrong, and why.">
        {choice}
        <Segments label="How far back" options={lengths} value={since} onChange={setSince} />
      </PageHead>
      <Loaded query={history} lines={10} label="Loading the history">
        {(found) => (found.watched ? <History history={found} /> : <Unwatched environment={environment} />)}
      </Loaded>
    </>
  );
}

function Unwatched({ environment }: { environment: string }) {
  return (
    <Card bare>
      <Empty icon={Activity} title={`Nothing watches ${environment} yet`}>
        <p>
          The monitor looks at every service every half minute, remembers what it saw, and tells you when something
          breaks.
        </p>
        <CommandLine command={`pnpm health:install --environment ${environment}`} />
      </Empty>
    </Card>
  );
}

function History({ history }: { history: HealthHistory }) {
  const { environment, overall, checks, incidents, silences } = history;
  const watched = checks.filter(({ status }) => status !== "unknown");
  const failing = watched.filter(({ status }) => status !== "healthy").length;
  const open = incidents.filter(({ closedAt }) => closedAt === null).length;
  return (
    <>
      {checks.length > 0 && watched.length === 0 && (
        <Note tone="warn" title="Nothing is looked at any more">
          How the checks are now is unknown. Is the monitor running?
        </Note>
      )}
      <Card>
        <div className="stats">
          <Stat words="Uptime, all checks" value={percentInWords(overall.uptime)} />
          <Stat words="Down for" value={durationInWords(overall.down / 1_000)} />
          <Stat words="Failing now" value={watched.length ? `${failing} of ${watched.length}` : "unknown"} />
          <Stat words="Open incidents" value={String(open)} />
        </div>
      </Card>
      <Incidents history={history} />
      {silences.length > 0 && <Silences environment={environment} silences={silences} />}
      {[...Map.groupBy(checks, ({ service }) => service)].map(([service, all]) => (
        <Card key={service} title={service} about={countInWords(all.length, "check")} bare>
          <ul className="list">
            {all.toSorted(worstFirst).map((line) => (
              <Check key={line.check} line={line} history={history} />
            ))}
          </ul>
        </Card>
      ))}
    </>
  );
}

function Stat({ words, value }: { words: string; value: string }) {
  return (
    <div className="stat">
      <span>{words}</span>
      <strong>{value}</strong>
    </div>
  );
}

const tones: Readonly<Record<CheckLine["status"], Tone>> = {
  healthy: "good",
  degraded: "warn",
  unhealthy: "bad",
  unknown: "plain",
};
const badness = { unknown: 0, healthy: 1, degraded: 2, unhealthy: 3 } as const;

function worstFirst(a: CheckLine, b: CheckLine): number {
  return badness[b.status] - badness[a.status] || (a.check < b.check ? -1 : 1);
}

function Check({ line, history }: { line: CheckLine; history: HealthHistory }) {
  const { check, status, reason, uptime, p50, points } = line;
  const { from, to, environment } = history;
  return (
    <li>
      <div className="grow stack close">
        <div className="row apart">
          <span className="row">
            <strong>{check}</strong>
            <Badge tone={tones[status]}>{status === "unknown" ? "not looked at any more" : status}</Badge>
          </span>
          <span className="row muted small number">
            {percentInWords(uptime)} up · usually {p50} ms
            <SilenceCheck environment={environment} check={check} />
          </span>
        </div>
        {reason && <Why reason={reason} />}
        <Bars points={points} from={from} to={to} label={check} />
        <details>
          <summary className="muted small">How long it took</summary>
          <Spark points={points} from={from} to={to} label={`${check}: how long looks took, usually ${p50} ms`} />
        </details>
      </div>
    </li>
  );
}

const silenceLengths = [
  ["30m", "30 minutes"],
  ["2h", "2 hours"],
  ["12h", "12 hours"],
  ["7d", "7 days"],
] as const;

function SilenceCheck({ environment, check }: { environment: string; check: string }) {
  const [length, setLength] = useState<(typeof silenceLengths)[number][0]>("2h");
  const [why, setWhy] = useState("");
  return (
    <Act
      id="health:silence"
      parameters={{ environment, check, length, why: why || "no reason given" }}
      label="Silence"
      look="bare"
      icon={<BellOff aria-hidden />}
      about={`No alerts for ${check} for a while. It goes on being looked at.`}
    >
      <Segments label="For how long" options={silenceLengths} value={length} onChange={setLength} />
      <Field label="Why" value={why} onChange={setWhy} about="For those who ask later" isRequired />
    </Act>
  );
}

function Incidents({ history: { incidents, gaps, to } }: { history: HealthHistory }) {
  return (
    <Card title="Incidents" about="One cause, with everything that failed because of it" bare>
      {incidents.length === 0 ? (
        <Empty icon={CheckCircle2} title="No incidents in this time" />
      ) : (
        <Table label="Incidents">
          <thead>
            <tr>
              <th>Cause</th>
              <th>What failed, and why</th>
              <th>Began</th>
              <th>Lasted</th>
            </tr>
          </thead>
          <tbody>
            {incidents.map(({ id, service, checks, severity, openedAt, closedAt }) => (
              <tr key={id}>
                <td>
                  <Badge tone={closedAt === null ? (severity === "critical" ? "bad" : "warn") : "plain"}>
                    {service}
                  </Badge>
                </td>
                <td>
                  {checks.map((reason) => (
                    <div key={reason.check}>
                      {reason.check}
                      <Why reason={reason} />
                    </div>
                  ))}
                </td>
                <td>
                  <Ago at={openedAt} />
                </td>
                <td className="nowrap">
                  {durationInWords(((closedAt ?? to) - openedAt) / 1_000)}
                  {closedAt === null && ", still open"}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {gaps.length > 0 && (
        <p className="card-foot muted small">
          Not watched {countInWords(gaps.length, "time")}, for{" "}
          {durationInWords(gaps.reduce((sum, { from, to }) => sum + to - from, 0) / 1_000)} together: that is no
          downtime.
        </p>
      )}
    </Card>
  );
}

function Silences({ environment, silences }: Pick<HealthHistory, "environment" | "silences">) {
  return (
    <Card title="Silences" bare>
      <ul className="list">
        {silences.map(({ check, until, why, who }) => (
          <li key={check}>
            <div className="grow">
              <strong>{check}</strong>
              <div className="muted small">
                {why} · {who}
              </div>
            </div>
            <span className="muted small">
              ends <Ago at={until} />
            </span>
            <Act
              id="health:unsilence"
              parameters={{ environment, check }}
              label="End"
              about={`Alerts for ${check} are sent again.`}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}

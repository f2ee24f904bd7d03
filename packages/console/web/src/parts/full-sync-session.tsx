import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ban, Check, ChevronRight, LoaderCircle, TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading, ProgressBar } from "react-aria-components";
import { call } from "../lib/api.ts";
import { bytesInWords, durationInWords } from "../lib/format.ts";
import {
  type FullSyncSession,
  fullSyncCommand,
  routeInWords,
  type Status,
  sessionLogQuery,
  stepInWords,
} from "../lib/full-sync.ts";
import { useSession } from "../lib/queries.ts";
import { Ago, Badge, Button, Card, CommandLine, ErrorNote, Note, type Tone } from "./basics.tsx";
import { Confirm } from "./confirm.tsx";
import { Loaded } from "./loaded.tsx";
import { TableReports } from "./table-reports.tsx";

export const statusTones: Readonly<Record<Status, Tone>> = {
  running: "busy",
  completed: "good",
  failed: "bad",
  cancelled: "plain",
  interrupted: "warn",
};

const icons = { running: LoaderCircle, completed: Check, failed: X, cancelled: Ban, interrupted: TriangleAlert };

/** One line of the recent syncs: how it ended, where from and where to, when. */
export function SessionLine({ session }: { session: FullSyncSession }) {
  const { sessionId, status, startedAt, completedAt } = session;
  const Icon = icons[status];
  return (
    <li>
      <span className={`mark ${statusTones[status]}`}>
        <Icon aria-label={status} />
      </span>
      <div className="grow">
        <Link to="/sync/history/$sessionId" params={{ sessionId }}>
          {routeInWords(session)}
        </Link>
        <div className="muted small break">{resultInWords(session) ?? status}</div>
      </div>
      <span className="muted small">
        <Ago at={completedAt ?? startedAt} />
      </span>
    </li>
  );
}

/** What came of it: why it did not get to its end, else its rows. */
export function resultInWords({ error, rows, options }: FullSyncSession): string | undefined {
  if (error) return error.message;
  return rows ? `${options.plan ? "only planned: " : ""}${rowsInWords(rows)}` : undefined;
}

function rowsInWords({ inserted, updated, unchanged, skipped }: NonNullable<FullSyncSession["rows"]>): string {
  const parts = [
    ...([
      [inserted, "new"],
      [updated, "changed"],
      [unchanged, "unchanged"],
      [skipped, "skipped"],
    ] as const),
  ].filter(([count, words]) => count > 0 || words === "new");
  return parts.map(([count, words]) => `${count.toLocaleString("en")} ${words}`).join(", ");
}

/** A full sync as it goes, or as it ended a moment ago. */
export function FullSyncProgress({ session }: { session: FullSyncSession }) {
  const { sessionId, status, role, peer, rows, notes, error, tables, options } = session;
  const isRunning = status === "running";
  return (
    <Card
      title={titleOf(session)}
      about={routeInWords(session)}
      actions={<Badge tone={statusTones[status]}>{status}</Badge>}
    >
      <div className="stack">
        {isRunning && <Progress session={session} />}
        {status === "completed" && (
          <Note tone={session.verified === false ? "warn" : "good"} title={rows ? rowsInWords(rows) : "Done"}>
            {outcomeInWords(session)}
          </Note>
        )}
        {status === "interrupted" && (
          <Note tone="warn" title="Its process died">
            {role === "driver"
              ? "What was transferred is kept. Resume it, or clear it."
              : `${peer.name} drives it: it goes on when that server says so, or ends by itself.`}
          </Note>
        )}
        {error && status !== "interrupted" && (
          <Note tone="bad" title={error.message}>
            {error.next}
          </Note>
        )}
        {notes.map((note) => (
          <Note key={note}>{note}</Note>
        ))}
        {tables.length > 0 && <TableReports tables={tables} isOpen={options.plan === true} />}
        <SessionActions session={session} />
        <SessionLog sessionId={sessionId} />
      </div>
    </Card>
  );
}

function titleOf({ status, options }: FullSyncSession): string {
  if (status === "running") return options.plan ? "Plan of a full sync in progress" : "Full sync in progress";
  return options.plan ? `Plan of a full sync ${status}` : `Full sync ${status}`;
}

function outcomeInWords({ options, verified }: FullSyncSession): string {
  if (options.plan) return "Only planned: nothing was written.";
  if (verified === null) return "Not verified";
  return verified ? "Verified: both sides are the same." : "The sides differ: the tables below say where.";
}

function Progress({ session }: { session: FullSyncSession }) {
  const { progress, bytesTransferred, totalBytes, transferSpeed, estimatedTimeRemaining } = session;
  return (
    <ProgressBar
      value={progress}
      aria-label="Full sync"
      className="stack close"
      valueLabel={`${Math.floor(progress)} %, ${stepInWords(session)}`}
    >
      <div className="row apart">
        <strong>{stepInWords(session)}</strong>
        <span className="number">{Math.floor(progress)} %</span>
      </div>
      <div className="progress">
        <div style={{ width: `${progress}%` }} />
      </div>
      <div className="row apart muted small number">
        <span>
          {bytesInWords(bytesTransferred)} / {totalBytes > 0 ? bytesInWords(totalBytes) : "…"}
          {transferSpeed !== null && ` · ${(transferSpeed / 1_000_000).toFixed(1)} MB/s`}
        </span>
        <span>
          {estimatedTimeRemaining === null ? "" : `Estimated: ${durationInWords(estimatedTimeRemaining)} remaining`}
        </span>
      </div>
    </ProgressBar>
  );
}

function SessionActions({ session }: { session: FullSyncSession }) {
  const { sessionId, status, role: part, options } = session;
  const { role, fullSync: environment } = useSession();
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["full-syncs"] });
  const of = (path: string) => `/api/admin/sync/full-sync/${path}`;
  const cancel = useMutation({ mutationFn: () => call("POST", of(`sessions/${sessionId}/cancel`)), onSuccess });
  const resume = useMutation({ mutationFn: () => call("POST", of(`sessions/${sessionId}/resume`)), onSuccess });
  const clear = useMutation({ mutationFn: () => call("POST", of("clear-stuck")), onSuccess });
  const isDisabled = role !== "operator";
  if (status === "running") {
    return (
      <div>
        <Confirm
          trigger={<Button isDisabled={isDisabled}>Cancel sync</Button>}
          title="Cancel this full sync?"
          about={`${options.steps === "table-by-table" ? "Tables that are written already stay so." : "The target is left as it was before."} What was transferred so far is thrown away.`}
          verb="Cancel sync"
          back="Let it go on"
          command={`pnpm sync:cancel ${sessionId} --environment ${environment}`}
          run={cancel}
        />
      </div>
    );
  }
  if (status !== "interrupted") return null;
  return (
    <div className="stack">
      {part === "driver" && (
        <>
          <CommandLine command={commandAgain(session, environment ?? "")} />
          <div>
            <Button look="primary" isDisabled={isDisabled || resume.isPending} onPress={() => resume.mutate()}>
              Resume
            </Button>
          </div>
        </>
      )}
      <Confirm
        trigger={<Button isDisabled={isDisabled}>Clear</Button>}
        title="Clear what is stuck?"
        about="The session ends as failed, and a new one can begin. The target is left as it is."
        verb="Clear"
        command={`pnpm sync:clear-stuck --environment ${environment}`}
        run={clear}
      />
      {resume.error && <ErrorNote error={resume.error} />}
    </div>
  );
}

/** What was begun by it goes on by it. */
function commandAgain({ direction, peer, method, options }: FullSyncSession, environment: string): string {
  const { compressionEnabled: compress, verifyAfterSync: verify, plan = false } = options;
  return fullSyncCommand({ direction, peer: peer.name, method, compress, verify, plan, environment });
}

export function SessionLog({ sessionId }: { sessionId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Disclosure className="disclosure" isExpanded={open} onExpandedChange={setOpen}>
      <Heading level={3}>
        <AriaButton slot="trigger" className="button bare">
          <ChevronRight aria-hidden /> Detailed log
        </AriaButton>
      </Heading>
      <DisclosurePanel>{open && <LogLines sessionId={sessionId} />}</DisclosurePanel>
    </Disclosure>
  );
}

function LogLines({ sessionId }: { sessionId: string }) {
  const log = useQuery(sessionLogQuery(sessionId));
  return (
    <Loaded query={log} lines={3}>
      {(lines) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        <pre className="log" role="log" aria-label="Detailed log" tabIndex={0}>
          {lines.map(
            ({ at, level, phase, text }) =>
              `${at.slice(11, 19)} ${level === "info" ? "" : `${level.toUpperCase()} `}${phase ? `[${phase}] ` : ""}${text}\n`,
          )}
        </pre>
      )}
    </Loaded>
  );
}

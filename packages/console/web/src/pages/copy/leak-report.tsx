import { useQuery } from "@tanstack/react-query";
import { countInWords, durationInWords } from "../../lib/format.ts";
import { overviewQuery, runQuery, runsQuery } from "../../lib/queries.ts";
import { Ago, Card, Note } from "../../parts/basics.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Table } from "../../parts/table.tsx";

interface CopyResult {
  /** Of the copy. */
  readonly id: string;
  readonly leaks: number;
  readonly databases: readonly {
    readonly name: string;
    readonly tables: number;
    readonly rows: number;
    readonly masked: number;
  }[];
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** What is proven of the copy that is there, and why a newer one is not. */
export function LeakReport({ environment }: { environment: string }) {
  const overview = useQuery(overviewQuery);
  const runs = useQuery(runsQuery);
  const ended = runs.data?.filter(
    ({ action, state, ...run }) =>
      action === "sync:production" && run.environment === environment && state !== "running",
  );
  const [newest] = ended ?? [];
  const succeeded = ended?.find(({ state }) => state === "succeeded");
  const copy = overview.data?.environments.find(({ name }) => name === environment)?.copy;
  if (overview.data && runs.data && !copy && !newest) return null;
  return (
    <Card
      title="Leak report"
      about={
        copy ? (
          <>
            The copy of {copy.from} that {environment} holds, made <Ago at={copy.at} />
          </>
        ) : undefined
      }
    >
      <Loaded query={overview}>
        {() => (
          <Loaded query={runs}>
            {() => (
              <div className="stack">
                {newest && newest.state !== "succeeded" && <Failed id={newest.id} />}
                {copy?.unmasked && (
                  <Note tone="bad" title="This copy is not masked">
                    It was made with --unmasked: personal details in it are production's own.
                  </Note>
                )}
                {copy && !copy.unmasked && (succeeded ? <Proof id={succeeded.id} copy={copy.id} /> : <Elsewhere />)}
              </div>
            )}
          </Loaded>
        )}
      </Loaded>
    </Card>
  );
}

function Failed({ id }: { id: string }) {
  const run = useQuery(runQuery(id));
  return (
    <Loaded query={run} lines={2}>
      {({ error }) => (
        <Note tone="bad" title={error?.message ?? "The last copy did not end"}>
          {error?.next ?? "The data is as it was."}
        </Note>
      )}
    </Loaded>
  );
}

/** What a run found, if it is the run that made the copy. */
function Proof({ id, copy }: { id: string; copy: string }) {
  const run = useQuery(runQuery(id));
  return (
    <Loaded query={run}>
      {({ result }) => {
        const report = result as CopyResult | null;
        return report?.id === copy ? <Leaks report={report} /> : <Elsewhere />;
      }}
    </Loaded>
  );
}

function Elsewhere() {
  return (
    <Note title="This copy was made elsewhere: its report is not here">
      By a command in a terminal, or by a colleague whose snapshot was taken.
    </Note>
  );
}

function Leaks({ report: { leaks, databases, notes, seconds } }: { report: CopyResult }) {
  return (
    <div className="stack">
      <Note tone={leaks === 0 ? "good" : "bad"} title={`${countInWords(leaks, "leak")} found`}>
        Every personal value of production was looked for in the copy, in every form, in {durationInWords(seconds)}.
      </Note>
      <Table label="Leak report by database">
        <thead>
          <tr>
            <th>Database</th>
            <th className="end">Tables</th>
            <th className="end">Rows</th>
            <th className="end">Masked columns</th>
          </tr>
        </thead>
        <tbody>
          {databases.map(({ name, tables, rows, masked }) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="end number">{tables}</td>
              <td className="end number">{rows.toLocaleString("en")}</td>
              <td className="end number">{masked}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {notes.map((note) => (
        <p key={note} className="muted small">
          {note}
        </p>
      ))}
    </div>
  );
}

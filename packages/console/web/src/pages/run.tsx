import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { RunDetail } from "../../../src/contract/run.ts";
import { call } from "../lib/api.ts";
import { follow } from "../lib/follow.ts";
import { durationInWords, momentInWords } from "../lib/format.ts";
import { useNow } from "../lib/live.ts";
import { runQuery, useSession } from "../lib/queries.ts";
import { withSaid } from "../lib/run-log.ts";
import { Button, Card, CommandLine, Note, PageHead } from "../parts/basics.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { RunBadge } from "../parts/run-state.tsx";

export default function RunPage() {
  const { id } = useParams({ from: "/runs/$id" });
  // All that changes is told: an answer that comes late would take back what was told meanwhile.
  const run = useQuery({ ...runQuery(id), staleTime: Number.POSITIVE_INFINITY });
  return <Loaded query={run}>{(detail) => <RunView run={detail} />}</Loaded>;
}

function RunView({ run }: { run: RunDetail }) {
  const { title, environment, who, command, state, error, log, result, startedAt } = run;
  useLog(run);
  return (
    <>
      <PageHead title={title} about={`${environment ?? ""} · begun by ${who}, ${momentInWords(startedAt)}`}>
        <RunBadge state={state} />
        {state === "running" && <Stop run={run} />}
      </PageHead>
      <CommandLine command={command} />
      <Outcome run={run} />
      {error && (
        <Note tone="bad" title={error.message}>
          {error.next}
        </Note>
      )}
      <Card title="What it says" about={state === "running" ? "Live" : undefined}>
        <Log text={log} />
      </Card>
      {result !== null && result !== undefined && (
        <Card title="Result" about="As --json prints it">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
          <pre className="log" tabIndex={0}>
            {JSON.stringify(result, null, 2)}
          </pre>
        </Card>
      )}
    </>
  );
}

function Outcome({ run: { state, startedAt, endedAt } }: { run: RunDetail }) {
  const now = useNow(1_000);
  const took = durationInWords(((endedAt ? Date.parse(endedAt) : now) - Date.parse(startedAt)) / 1_000);
  if (state === "running")
    return (
      <Note tone="busy" title={`Under way for ${took}`}>
        You can leave this page: it goes on.
      </Note>
    );
  if (state === "succeeded") return <Note tone="good" title={`Done in ${took}`} />;
  if (state === "cut off") {
    return (
      <Note tone="warn" title={`Cut off after ${took}`}>
        What was done is in the journal. Run the same command again: it goes on from there, or takes it back.
      </Note>
    );
  }
  return <Note tone="bad" title={`Failed after ${took}`} />;
}

/** Follow what is said from where the page has it; a connection that breaks goes on there, too. */
function useLog({ id, state }: RunDetail): void {
  const client = useQueryClient();
  useEffect(() => {
    if (state !== "running") return;
    const { queryKey } = runQuery(id);
    const stop = follow(client, {
      url: () => `/api/console/runs/${id}/events?from=${client.getQueryData(queryKey)?.logEnd ?? 0}`,
      events: {
        log: (news) => client.setQueryData(queryKey, (known) => known && withSaid(known, news)),
        end: ({ data }) => {
          stop();
          client.setQueryData(queryKey, JSON.parse(data) as RunDetail);
          for (const key of ["runs", "view", "health", "policy", "proposals"]) {
            void client.invalidateQueries({ queryKey: [key] });
          }
        },
      },
    });
    return stop;
  }, [client, id, state]);
}

/** Keeps to the end, unless somebody reads further up. */
function Log({ text }: { text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls when there is more text
  useEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    <pre
      className="log"
      ref={box}
      role="log"
      aria-label="What the command says"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
    >
      {text || "Nothing yet"}
    </pre>
  );
}

function Stop({ run: { id, title, pid } }: { run: RunDetail }) {
  const { role } = useSession();
  const stop = useMutation({ mutationFn: () => call("POST", `/api/console/runs/${id}/stop`) });
  return (
    <Confirm
      trigger={<Button isDisabled={role !== "operator"}>Stop</Button>}
      title={`Stop “${title}”?`}
      verb="Stop it"
      about="It is told to stop, as by Ctrl-C. What it left half done is finished or taken back by the next run, and pnpm recover does so at once."
      command={`kill -INT -- -${pid}`}
      run={stop}
    />
  );
}

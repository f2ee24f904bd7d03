import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { History } from "lucide-react";
import { durationInWords, momentInWords } from "../lib/format.ts";
import { routeInWords, sessionHistoryQuery } from "../lib/full-sync.ts";
import { useSession } from "../lib/queries.ts";
import { Ago, Badge, Card, Empty, PageHead } from "../parts/basics.tsx";
import { resultInWords, statusTones } from "../parts/full-sync-session.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Rows } from "../parts/rows.tsx";

export default function FullSyncHistoryPage() {
  const { fullSync } = useSession();
  const sessions = useInfiniteQuery({ ...sessionHistoryQuery, enabled: fullSync !== null });
  return (
    <>
      <PageHead title="Sync history" about="Every full sync of this server, in both directions." />
      <Card bare>
        {!fullSync ? (
          <Empty icon={History} title="No agent runs with this console" />
        ) : (
          <Loaded query={sessions} lines={10}>
            {({ pages }) =>
              pages[0]?.sessions.length === 0 ? (
                <Empty icon={History} title="No full sync yet" />
              ) : (
                <Rows
                  label="Full syncs"
                  rows={pages.flatMap((page) => page.sessions)}
                  onEnd={() => sessions.hasNextPage && !sessions.isFetching && void sessions.fetchNextPage()}
                  columns={[
                    {
                      title: "When",
                      width: "130px",
                      cell: ({ startedAt }) => (
                        <span title={momentInWords(startedAt)}>
                          <Ago at={startedAt} />
                        </span>
                      ),
                    },
                    {
                      title: "Result",
                      width: "110px",
                      cell: ({ status }) => <Badge tone={statusTones[status]}>{status}</Badge>,
                    },
                    {
                      title: "Direction",
                      width: "minmax(180px, 1fr)",
                      cell: (session) => (
                        <Link to="/sync/history/$sessionId" params={{ sessionId: session.sessionId }}>
                          {routeInWords(session)}
                        </Link>
                      ),
                    },
                    { title: "Method", width: "80px", cell: ({ method }) => method },
                    {
                      title: "Took",
                      width: "100px",
                      cell: ({ startedAt, completedAt }) =>
                        completedAt ? durationInWords((Date.parse(completedAt) - Date.parse(startedAt)) / 1_000) : "…",
                    },
                    {
                      title: "Rows",
                      width: "minmax(260px, 1.6fr)",
                      cell: (session) => <span className="muted">{resultInWords(session) ?? ""}</span>,
                    },
                  ]}
                />
              )
            }
          </Loaded>
        )}
      </Card>
    </>
  );
}

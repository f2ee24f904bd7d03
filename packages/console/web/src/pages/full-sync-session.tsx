import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { durationInWords, momentInWords } from "../lib/format.ts";
import { type FullSyncSession, sessionQuery } from "../lib/full-sync.ts";
import { PageHead } from "../parts/basics.tsx";
import { FullSyncProgress } from "../parts/full-sync-session.tsx";
import { Loaded } from "../parts/loaded.tsx";

/** One full sync, however long ago it was: how it ended, table by table, with its log. */
export default function FullSyncSessionPage() {
  const { sessionId } = useParams({ from: "/sync/history/$sessionId" });
  const session = useQuery(sessionQuery(sessionId));
  return (
    <>
      <PageHead title="A full sync" about={session.data && whenInWords(session.data)} />
      <Loaded query={session} lines={8}>
        {(found) => <FullSyncProgress session={found} />}
      </Loaded>
    </>
  );
}

function whenInWords({ startedAt, completedAt, method }: FullSyncSession): string {
  const took = completedAt
    ? `, took ${durationInWords((Date.parse(completedAt) - Date.parse(startedAt)) / 1_000)}`
    : "";
  return `Began ${momentInWords(startedAt)}${took}, by method ${method}`;
}

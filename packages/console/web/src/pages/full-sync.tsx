import { useQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";
import { type FullSyncSession, peersQuery, sessionsQuery } from "../lib/full-sync.ts";
import { useSession } from "../lib/queries.ts";
import { Card, CommandLine, Empty, PageHead } from "../parts/basics.tsx";
import { FullSyncProgress } from "../parts/full-sync-session.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PeriodicCard } from "./full-sync/periodic-card.tsx";
import { RecentSyncs } from "./full-sync/recent-syncs.tsx";
import { StartFullSync } from "./full-sync/start-full-sync.tsx";

export default function FullSyncPage() {
  const { fullSync } = useSession();
  return (
    <>
      <PageHead title="Full sync" about="Synchronize all data with another server, in either direction." />
      {fullSync ? <FullSync /> : <NoAgent />}
    </>
  );
}

function NoAgent() {
  return (
    <Card bare>
      <Empty icon={Server} title="No agent runs with this console">
        <p>Each server has an agent that its peers talk to. Start it, and add the other server:</p>
        <CommandLine command="pnpm peers:serve" />
        <CommandLine command="pnpm peers:add https://other-server:8095 --token …" />
      </Empty>
    </Card>
  );
}

function FullSync() {
  const sessions = useQuery(sessionsQuery);
  const peers = useQuery(peersQuery);
  return (
    <Loaded query={sessions} lines={8}>
      {(all) => {
        const [newest] = all;
        const running = all.filter(({ status }) => status === "running" || status === "interrupted");
        const justEnded = newest && isFresh(newest) && running.length === 0 ? newest : undefined;
        return (
          <>
            {[...running, ...(justEnded ? [justEnded] : [])].map((session) => (
              <FullSyncProgress key={session.sessionId} session={session} />
            ))}
            <div className="columns">
              <Loaded query={peers} lines={8}>
                {(known) => <StartFullSync peers={known} busy={running.length > 0} />}
              </Loaded>
              <div className="stack">
                <RecentSyncs sessions={all} />
                <PeriodicCard />
              </div>
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

/** What ended while somebody may still be looking. */
function isFresh({ completedAt }: FullSyncSession): boolean {
  return completedAt !== null && Date.now() - Date.parse(completedAt) < 300_000;
}

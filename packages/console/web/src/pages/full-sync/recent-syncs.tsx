import { Link } from "@tanstack/react-router";
import { Server } from "lucide-react";
import type { FullSyncSession } from "../../lib/full-sync.ts";
import { Card, Empty } from "../../parts/basics.tsx";
import { SessionLine } from "../../parts/full-sync-session.tsx";

export function RecentSyncs({ sessions }: { sessions: readonly FullSyncSession[] }) {
  return (
    <Card title="Recent syncs" actions={<Link to="/sync/history">History</Link>} bare>
      {sessions.length === 0 ? (
        <Empty icon={Server} title="No full sync yet">
          <p>Choose a server and a direction to begin the first one.</p>
        </Empty>
      ) : (
        <ul className="list">
          {sessions.slice(0, 5).map((session) => (
            <SessionLine key={session.sessionId} session={session} />
          ))}
        </ul>
      )}
    </Card>
  );
}

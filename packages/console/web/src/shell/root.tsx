import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useConnected } from "../lib/follow.ts";
import { useFullSyncNews } from "../lib/full-sync.ts";
import { useLiveNews } from "../lib/live.ts";
import { SessionContext, sessionQuery, useSession } from "../lib/queries.ts";
import { ErrorNote } from "../parts/basics.tsx";
import { Login } from "./login.tsx";
import { titleOf } from "./places.ts";
import { Sidebar, Topbar } from "./sidebar.tsx";

/** Who is not logged in sees the login, whatever address they came to, and that page afterwards. */
export function Root() {
  const { data: session, error, refetch } = useQuery(sessionQuery);
  if (session) {
    return (
      <SessionContext value={session}>
        <Shell />
      </SessionContext>
    );
  }
  if (session === null) return <Login />;
  return (
    <main className="login">
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : <p role="status">Loading…</p>}
    </main>
  );
}

function Shell() {
  const connected = useConnected();
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useLiveNews();
  useFullSyncNews(useSession().fullSync !== null && path.startsWith("/sync/"));
  useTitle(path, main);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Sidebar />
      <Topbar />
      <main className="main" id="content" ref={main} tabIndex={-1}>
        <div className="page">
          <Outlet />
        </div>
      </main>
      {!connected && (
        <p className="offline" role="status">
          The console does not answer. What is under way goes on; this page tries again by itself.
        </p>
      )}
    </div>
  );
}

/** A new page is told by its title, and keys begin at its content. */
function useTitle(path: string, main: React.RefObject<HTMLElement | null>): void {
  const before = useRef(path);
  useEffect(() => {
    document.title = `${titleOf(path)} · Understudy`;
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path, main]);
}

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Root } from "./shell/root.tsx";

const rootRoute = createRootRoute({ component: Root });

/** Each page is a part of its own, loaded when somebody goes there, or is about to. */
const overview = page("/", () => import("./pages/overview.tsx"));
const health = page("/health", () => import("./pages/health.tsx"));
const releases = page("/releases", () => import("./pages/releases.tsx"));
const fullSync = page("/sync/full", () => import("./pages/full-sync.tsx"));
const fullSyncHistory = page("/sync/history", () => import("./pages/full-sync-history.tsx"));
const fullSyncSession = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sync/history/$sessionId",
  component: lazyRouteComponent(() => import("./pages/full-sync-session.tsx")),
});
const copy = page("/copy", () => import("./pages/copy.tsx"));
const workflows = page("/workflows", () => import("./pages/workflows.tsx"));
const records = page("/records", () => import("./pages/records.tsx"));
const team = page("/team", () => import("./pages/team.tsx"));
const runs = page("/runs", () => import("./pages/runs.tsx"));
const run = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$id",
  component: lazyRouteComponent(() => import("./pages/run.tsx")),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    ...[overview, health, releases, fullSync, fullSyncHistory, fullSyncSession],
    ...[copy, workflows, records, team, runs, run],
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function page<const Path extends string>(path: Path, load: () => Promise<{ default: () => React.JSX.Element }>) {
  return createRoute({ getParentRoute: () => rootRoute, path, component: lazyRouteComponent(load) });
}

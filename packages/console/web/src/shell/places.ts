import {
  Activity,
  ArrowLeftRight,
  Database,
  History,
  LayoutDashboard,
  Rocket,
  ShieldCheck,
  Terminal,
  Users,
  Workflow,
} from "lucide-react";

/** Everything that one can go to, as the sidebar has it. */
export const places = [
  {
    title: undefined,
    links: [
      { to: "/", words: "Overview", icon: LayoutDashboard },
      { to: "/health", words: "Health", icon: Activity },
      { to: "/releases", words: "Releases", icon: Rocket },
    ],
  },
  {
    title: "Sync",
    links: [
      { to: "/sync/full", words: "Full sync", icon: ArrowLeftRight },
      { to: "/sync/history", words: "Sync history", icon: History },
      { to: "/copy", words: "Copy", icon: ShieldCheck },
    ],
  },
  {
    title: "Data",
    links: [
      { to: "/workflows", words: "Workflows", icon: Workflow },
      { to: "/records", words: "Records", icon: Database },
      { to: "/team", words: "Team", icon: Users },
    ],
  },
  {
    title: "Console",
    links: [{ to: "/runs", words: "Activity", icon: Terminal }],
  },
] as const;

/** What is below a place. */
const parts = { "/runs/": "Run", "/sync/history/": "A full sync" };

export function titleOf(path: string): string {
  const links = places.flatMap(({ links }) => [...links]);
  const part = Object.entries(parts).find(([beginning]) => path.startsWith(beginning))?.[1];
  return links.find(({ to }) => to === path)?.words ?? part ?? "Not found";
}

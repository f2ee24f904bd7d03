import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Terminal } from "lucide-react";
import { durationInWords } from "../lib/format.ts";
import { runsQuery } from "../lib/queries.ts";
import { Ago, Card, Empty, PageHead } from "../parts/basics.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Rows } from "../parts/rows.tsx";
import { RunBadge } from "../parts/run-state.tsx";

export default function RunsPage() {
  const runs = useQuery(runsQuery);
  return (
    <>
      <PageHead
        title="Activity"
        about="Every command that was started here. They go on when you leave, and when the console is restarted."
      />
      <Card bare>
        <Loaded query={runs}>
          {(all) =>
            all.length === 0 ? (
              <Empty icon={Terminal} title="Nothing was started yet">
                <p>
                  Each page has the actions that belong to it. Commands that you run in a terminal are in the audit.
                </p>
              </Empty>
            ) : (
              <Rows
                label="Activity"
                rows={all}
                columns={[
                  {
                    title: "What",
                    width: "minmax(200px, 2fr)",
                    cell: ({ id, title }) => (
                      <Link to="/runs/$id" params={{ id }}>
                        {title}
                      </Link>
                    ),
                  },
                  { title: "Where", width: "120px", cell: ({ environment }) => environment },
                  { title: "Who", width: "110px", cell: ({ who }) => who },
                  { title: "When", width: "140px", cell: ({ startedAt }) => <Ago at={startedAt} /> },
                  {
                    title: "Took",
                    width: "100px",
                    cell: ({ startedAt, endedAt }) =>
                      endedAt ? durationInWords((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000) : "…",
                  },
                  { title: "Result", width: "110px", cell: ({ state }) => <RunBadge state={state} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </>
  );
}

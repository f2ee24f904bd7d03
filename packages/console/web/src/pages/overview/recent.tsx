import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Activity } from "lucide-react";
import { runsQuery } from "../../lib/queries.ts";
import { Ago, Card, Empty } from "../../parts/basics.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { RunBadge } from "../../parts/run-state.tsx";

export function Recent() {
  const runs = useQuery(runsQuery);
  return (
    <Card title="Recent activity" about="What was started from this console" bare>
      <Loaded query={runs}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={Activity} title="Nothing yet">
              <p>What you start here is shown with what it says while it goes, and stays when you leave.</p>
            </Empty>
          ) : (
            <ul className="list">
              {all.slice(0, 6).map(({ id, title, environment, who, startedAt, state }) => (
                <li key={id}>
                  <div className="grow">
                    <Link to="/runs/$id" params={{ id }}>
                      {title}
                    </Link>
                    <div className="muted small">
                      {environment} · {who}
                    </div>
                  </div>
                  <span className="muted small">
                    <Ago at={startedAt} />
                  </span>
                  <RunBadge state={state} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

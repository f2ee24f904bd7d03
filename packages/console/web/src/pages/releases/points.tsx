import { useQuery } from "@tanstack/react-query";
import { History, Undo2 } from "lucide-react";
import { useState } from "react";
import { bytesInWords, momentInWords } from "../../lib/format.ts";
import { overviewQuery, viewQuery } from "../../lib/queries.ts";
import { Act } from "../../parts/act.tsx";
import { Ago, Badge, Card, Empty } from "../../parts/basics.tsx";
import { useEnvironment } from "../../parts/environment-choice.tsx";
import { Tick } from "../../parts/fields.tsx";
import { Loaded } from "../../parts/loaded.tsx";

interface Point {
  readonly tag: string;
  readonly time: string | null;
  readonly backup: string | null;
  readonly verified: boolean;
  readonly size: number | null;
  readonly differs: readonly string[];
  readonly problem?: string;
  readonly dataProblem?: string;
  readonly next?: string;
}

export function Points() {
  const { environment, choice } = useEnvironment("production");
  const points = useQuery(viewQuery<Point[]>("rollback-points", { environment }));
  const overview = useQuery(overviewQuery);
  const drill = overview.data?.environments.find(({ name }) => name === environment)?.drill;
  return (
    <div className="stack">
      {choice}
      <Card
        title="Rollback points"
        about={
          drill ? (
            <>
              Restore last rehearsed <Ago at={drill.at} />: {drill.result}
            </>
          ) : (
            "A restore was never rehearsed"
          )
        }
        actions={
          <Act
            id="rollback:drill"
            parameters={{ environment }}
            about="Restore the newest backup beside what runs, start every service on it, and compare. Production goes on."
          />
        }
        bare
      >
        <Loaded query={points} lines={6} label="Looking for rollback points">
          {(all) =>
            all.length === 0 ? (
              <Empty icon={History} title="No rollback points yet">
                <p>Each promotion makes one: a tag, the images and files, and a proven backup.</p>
              </Empty>
            ) : (
              <ul className="list">
                {all.map((point) => (
                  <PointLine key={point.tag} environment={environment} point={point} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Card>
    </div>
  );
}

function PointLine({ environment, point }: { environment: string; point: Point }) {
  const { tag, time, verified, size, differs, problem, dataProblem, next } = point;
  const [withData, setWithData] = useState(false);
  const canData = dataProblem === undefined && problem === undefined;
  return (
    <li>
      <div className="grow stack close">
        <div className="row">
          <code>{tag}</code>
          {problem ? (
            <Badge tone="bad">lost</Badge>
          ) : (
            <Badge tone={verified ? "good" : "warn"}>
              {verified ? "data proven" : dataProblem ? "code only" : "data not proven"}
            </Badge>
          )}
        </div>
        <div className="muted small break">
          {time ? momentInWords(time) : "time unknown"}
          {size !== null && ` · ${bytesInWords(size)}`}
          {" · "}
          {problem ?? (differs.length ? differs.join(" · ") : "the same as what runs now")}
        </div>
        {(dataProblem || next) && <div className="small">{next ?? dataProblem}</div>}
      </div>
      <Act
        id="rollback"
        parameters={{ environment, tag, withData }}
        label="Go back"
        icon={<Undo2 aria-hidden />}
        disabled={problem !== undefined}
        about="Production runs again what it ran then. What runs now is kept as a point of its own, so that you can come back."
      >
        {canData && (
          <Tick
            label="Its data, too"
            about="What was written since is lost to production, but backed up first."
            value={withData}
            onChange={setWithData}
          />
        )}
      </Act>
    </li>
  );
}

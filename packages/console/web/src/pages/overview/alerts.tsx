import { BellRing } from "lucide-react";
import type { EnvironmentView, NoticeView } from "../../../../src/contract/overview.ts";
import { Ago, Badge, Card, Empty, type Tone } from "../../parts/basics.tsx";

const tones: Readonly<Record<NoticeView["result"], Tone>> = { sent: "good", waiting: "busy", failed: "bad" };

export function Alerts({ environments }: { environments: readonly EnvironmentView[] }) {
  const notices = environments.flatMap(({ health }) => (health && "notices" in health ? health.notices : []));
  const newest = notices.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, 6);
  return (
    <Card title="Alerts" about="What the monitor told people last" bare>
      {newest.length === 0 ? (
        <Empty icon={BellRing} title="Nobody had to be told of anything" />
      ) : (
        <ul className="list">
          {newest.map(({ at, what, channel, result, why }) => (
            <li key={`${at} ${channel} ${what}`}>
              <div className="grow break">
                {what}
                <div className="muted small">
                  by {channel}
                  {why && `: ${why}`}
                </div>
              </div>
              <span className="muted small">
                <Ago at={at} />
              </span>
              <Badge tone={tones[result]}>{result}</Badge>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

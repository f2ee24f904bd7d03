import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { countInWords, durationInWords } from "../../lib/format.ts";
import { periodicQuery } from "../../lib/full-sync.ts";
import { Ago, Badge, Card, type Tone } from "../../parts/basics.tsx";
import { Loaded } from "../../parts/loaded.tsx";

const periodicTones = {
  off: "plain",
  idle: "good",
  exchanging: "busy",
  paused: "warn",
  failing: "bad",
} as const satisfies Record<string, Tone>;

/** How the exchange of small changes is doing. */
export function PeriodicCard() {
  const periodic = useQuery(periodicQuery);
  return (
    <Card title="Periodic sync" about="Small changes, exchanged all the time">
      <Loaded query={periodic} lines={3}>
        {({
          state,
          everySeconds,
          peer,
          tables,
          lastExchange,
          lagSeconds,
          pendingChanges,
          conflicts,
          pausedBecause,
          error,
        }) => (
          <dl className="facts">
            <dt>State</dt>
            <dd>
              <Badge tone={periodicTones[state]}>{state}</Badge>{" "}
              {pausedBecause && <span className="muted">{pausedBecause}</span>}
            </dd>
            {state !== "off" && (
              <>
                <dt>With</dt>
                <dd>
                  {peer ?? "nobody"}, every {durationInWords(everySeconds)}, {countInWords(tables.length, "table")}
                </dd>
                <dt>Last exchange</dt>
                <dd>{lastExchange ? <Ago at={lastExchange} /> : "none yet"}</dd>
                <dt>Lag</dt>
                <dd>
                  {lagSeconds === null ? "unknown" : durationInWords(lagSeconds)},{" "}
                  {countInWords(pendingChanges, "change")} waiting
                  {conflicts > 0 && (
                    <>
                      , <Link to="/records">{countInWords(conflicts, "conflict")}</Link>
                    </>
                  )}
                </dd>
              </>
            )}
            {error && (
              <>
                <dt>Error</dt>
                <dd>{error}</dd>
              </>
            )}
          </dl>
        )}
      </Loaded>
    </Card>
  );
}

import { Activity, Rocket, RotateCw, ShieldCheck, Square } from "lucide-react";
import type { EnvironmentView } from "../../../../src/contract/overview.ts";
import { durationInWords } from "../../lib/format.ts";
import { useNow } from "../../lib/live.ts";
import { Act } from "../../parts/act.tsx";
import { Ago, Badge, Card, Note } from "../../parts/basics.tsx";
import { HealthLine } from "./health-line.tsx";
import { Services } from "./services.tsx";
import { tones } from "./tones.ts";

export function EnvironmentCard({ environment }: { environment: EnvironmentView }) {
  const { name, kind, host, health, stack, underWay } = environment;
  const isStaging = kind === "staging";
  const status = health && "status" in health ? health.status : undefined;
  return (
    <Card
      title={<span className="row">{name}</span>}
      about={`${kind} on ${host === "local" ? "this machine" : host}`}
      actions={status && <Badge tone={tones[status] ?? "plain"}>{status}</Badge>}
      bare
    >
      <div className="card-body stack">
        {underWay && <UnderWay environment={name} {...underWay} />}
        <Facts environment={environment} />
      </div>
      <Services environment={environment} />
      <div className="card-foot">
        {isStaging ? (
          <>
            <Act
              id="deploy:staging"
              parameters={{ environment: name }}
              look="primary"
              label="Deploy"
              icon={<Rocket aria-hidden />}
              about="Make the stack what the settings and compose files say. Nothing is changed where nothing has."
            />
            <Act
              id="sync:production"
              parameters={{ environment: name }}
              label="Copy production"
              icon={<ShieldCheck aria-hidden />}
              about="Copy production's data here with every personal detail masked, prove it, and swap it in."
            />
            {"services" in stack && stack.deployed && (
              <Act
                id="stop:staging"
                parameters={{ environment: name }}
                label="Stop"
                icon={<Square aria-hidden />}
                about="Every service is stopped, the databases last. Its data stays, and a deploy starts it again."
              />
            )}
          </>
        ) : (
          <Act
            id="backup"
            parameters={{ environment: name, verify: true }}
            label="Back up"
            icon={<ShieldCheck aria-hidden />}
            about="Back up every database and volume of one moment, then restore it beside what runs to prove it."
          />
        )}
        <Act
          id="health:check"
          parameters={{ environment: name }}
          label="Check now"
          icon={<Activity aria-hidden />}
          about="Look at every service and at the host, now."
        />
      </div>
    </Card>
  );
}

function UnderWay({
  environment,
  verb,
  step,
  since,
  stepSince,
  who,
  cutOff,
}: { environment: string } & NonNullable<EnvironmentView["underWay"]>) {
  const now = useNow(1_000);
  if (cutOff) {
    return (
      <Note tone="warn" title={`${verb} was cut off at “${step}”`}>
        <p>Run it again and it goes on from there, or bring it to an end:</p>
        <Act
          id="recover"
          parameters={{ environment }}
          about="Finish or take back what was left half done."
          icon={<RotateCw aria-hidden />}
        />
      </Note>
    );
  }
  const took = (from: string) => durationInWords((now - Date.parse(from)) / 1_000);
  return (
    <Note tone="busy" title={`${verb} is under way for ${took(since)}`}>
      At “{step}” for {took(stepSince)}
      {who ? `, begun by ${who}` : ""}
    </Note>
  );
}

function Facts({ environment }: { environment: EnvironmentView }) {
  const { kind, release, drift, copy, backup, drill, health } = environment;
  return (
    <dl className="facts">
      <dt>Release</dt>
      <dd>
        {release ? (
          <>
            <code>{release.id}</code>{" "}
            <span className="muted">
              since <Ago at={release.at} />
            </span>
          </>
        ) : (
          <span className="muted">nothing was deployed from here</span>
        )}{" "}
        {drift === "staging is ahead" && <Badge tone="warn">staging runs another</Badge>}
      </dd>
      {kind === "staging" ? (
        <>
          <dt>Data</dt>
          <dd>
            {copy ? (
              <>
                copy of {copy.from}, made <Ago at={copy.at} /> {copy.unmasked && <Badge tone="bad">not masked</Badge>}
              </>
            ) : (
              <span className="muted">its own: never copied from production</span>
            )}
          </dd>
        </>
      ) : (
        <>
          <dt>Last proven backup</dt>
          <dd>
            {backup?.proven ? <Ago at={backup.proven.at} /> : <Badge tone="bad">none yet</Badge>}
            {backup && !backup.verified && (
              <div className="small">
                <Badge tone={backup.result === "succeeded" ? "warn" : "bad"}>
                  {backup.result === "succeeded" ? "a newer one is not proven" : `the last one ${backup.result}`}
                </Badge>{" "}
                <Ago at={backup.at} />
              </div>
            )}
          </dd>
          <dt>Restore rehearsed</dt>
          <dd>
            {drill ? (
              <>
                <Ago at={drill.at} /> <Badge tone={drill.result === "succeeded" ? "good" : "bad"}>{drill.result}</Badge>
              </>
            ) : (
              <span className="muted">never</span>
            )}
          </dd>
        </>
      )}
      <dt>Health</dt>
      <dd>
        <HealthLine health={health} />
      </dd>
    </dl>
  );
}

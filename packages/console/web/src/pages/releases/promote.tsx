import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Rocket, X } from "lucide-react";
import { useState } from "react";
import { durationInWords } from "../../lib/format.ts";
import { planQuery } from "../../lib/queries.ts";
import { Act } from "../../parts/act.tsx";
import { Badge, Button, Card, Empty, Note } from "../../parts/basics.tsx";
import { useEnvironment } from "../../parts/environment-choice.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useReceipt } from "../../parts/receipt.tsx";
import { Table } from "../../parts/table.tsx";

interface PromotionPlan {
  readonly release: string;
  readonly gates: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly seen: string;
    readonly next?: string;
  }[];
  readonly plan: readonly {
    readonly kind: string;
    readonly name: string;
    readonly action: string;
    readonly because: readonly string[];
    readonly downSeconds?: number;
  }[];
  readonly expected: readonly { readonly service: string; readonly manner: string; readonly seconds: number }[];
}

export function Promote() {
  const { environment, choice } = useEnvironment("production", "To");
  const { environment: from, choice: choiceOfStaging } = useEnvironment("staging", "From");
  const parameters = { environment, from };
  const [asked, setAsked] = useState(false);
  const client = useQueryClient();
  const options = planQuery<PromotionPlan>("promotion-plan", parameters);
  const plan = useQuery({ ...options, enabled: asked });
  const ask = async () => {
    setAsked(true);
    if (asked) await client.resetQueries({ queryKey: options.queryKey });
  };
  const closed = plan.data?.gates.filter(({ passed }) => !passed).length ?? 0;
  return (
    <div className="stack">
      {(choice || choiceOfStaging) && (
        <div className="row">
          {choiceOfStaging}
          {choice}
        </div>
      )}
      <Card
        title={`${from} → ${environment}`}
        about="First prove staging: health, workflows, migrations, the copy's age. What it sees is signed as a receipt."
        actions={
          <>
            <Act
              id="promote:check"
              parameters={parameters}
              label="Prove staging"
              about="Run every check on staging, and sign what they saw. Production is not touched."
            />
            <Button onPress={ask} isDisabled={plan.isFetching}>
              {plan.isFetching ? "Planning…" : "Show the plan"}
            </Button>
            <Act
              id="promote"
              parameters={parameters}
              look="primary"
              label="Promote…"
              icon={<Rocket aria-hidden />}
              disabled={plan.data !== undefined && closed > 0}
              about="Production is backed up and the backup proven; then it runs what staging proved, is watched, and is taken back by itself when it is not well."
            />
          </>
        }
        bare
      >
        {asked ? (
          <div className="card-body">
            <Loaded query={plan} lines={8} label="Asking both environments">
              {(found) => <Plan plan={found} closed={closed} />}
            </Loaded>
          </div>
        ) : (
          <Empty icon={Rocket} title="See the plan before you promote">
            <p>Which gates are open, what would change, and how long requests would wait. Nothing is changed.</p>
          </Empty>
        )}
      </Card>
    </div>
  );
}

function Plan({ plan: { release, gates, plan, expected }, closed }: { plan: PromotionPlan; closed: number }) {
  const { open, dialog } = useReceipt();
  return (
    <div className="stack">
      {dialog}
      {closed > 0 ? (
        <Note tone="warn" title={`${closed} of ${gates.length} gates are closed`}>
          Production cannot be promoted until they open.
        </Note>
      ) : (
        <Note tone="good" title="Every gate is open" />
      )}
      <ul className="stack close">
        {gates.map(({ name, passed, seen, next }) => (
          <li key={name} className="row" style={{ flexWrap: "nowrap", alignItems: "flex-start" }}>
            <span className={`mark ${passed ? "good" : "bad"}`}>
              {passed ? <Check aria-label="open" /> : <X aria-label="closed" />}
            </span>
            <div className="break">
              <strong>{name}</strong> <span className="muted">{seen}</span>
              {name === "receipt-present" && passed && (
                <Button look="bare" onPress={() => open(release)}>
                  Open the receipt
                </Button>
              )}
              {next && !passed && <div className="small">{next}</div>}
            </div>
          </li>
        ))}
      </ul>
      <div>
        <h3>What would change</h3>
        {plan.length === 0 ? (
          <p className="muted">Nothing: production runs it already.</p>
        ) : (
          <Table label="What would change">
            <tbody>
              {plan.map(({ kind, name, action, because }) => (
                <tr key={`${kind} ${name}`}>
                  <td>
                    <strong>{name}</strong> <span className="muted">{kind}</span>
                  </td>
                  <td>
                    <Badge tone={action === "delete" ? "bad" : "busy"}>{action}</Badge>
                  </td>
                  <td className="muted break">{because.join(", ")}</td>
                  <td className="end nowrap muted">{waitOf(name, expected)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </div>
    </div>
  );
}

function waitOf(service: string, expected: PromotionPlan["expected"]): string {
  const found = expected.find((one) => one.service === service);
  if (!found) return "";
  return found.manner === "overlap" ? "no wait" : `requests wait about ${durationInWords(found.seconds)}`;
}

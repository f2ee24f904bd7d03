import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { countInWords } from "../../lib/format.ts";
import { proposalsQuery } from "../../lib/queries.ts";
import { Act } from "../../parts/act.tsx";
import { Badge, Card, Empty } from "../../parts/basics.tsx";
import { useEnvironment } from "../../parts/environment-choice.tsx";
import { Tick } from "../../parts/fields.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Table } from "../../parts/table.tsx";

interface Lack {
  readonly proposals: readonly {
    /** Over all databases: `app public.people.mail`. */
    readonly called: string;
    readonly rule: unknown;
    readonly because: string;
  }[];
  readonly refused: readonly { readonly message: string; readonly next: string }[];
}

interface Policy {
  readonly environment: string;
  readonly decided: boolean;
  readonly databases: readonly (Lack & { readonly name: string })[];
  readonly graph: Lack | null;
}

/** What the policy does not know, to be accepted one by one or all at once. */
export function Proposals() {
  const { environment, choice } = useEnvironment("production");
  const policy = useQuery(proposalsQuery<Policy>(environment));
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const lacks = policy.data ? lacksOf(policy.data) : [];
  const proposals = lacks.flatMap((lack) => lack.proposals);
  // For the others somebody has to say a rule by hand.
  const acceptable = proposals.filter(({ rule }) => rule !== null).map(({ called }) => called);
  // What was accepted meanwhile is no proposal any more.
  const chosen = ticked.filter((one) => acceptable.includes(one));
  const only = chosen.length > 0 ? chosen : acceptable.length < proposals.length ? acceptable : undefined;
  return (
    <div className="stack">
      {choice}
      <Card
        title="What the policy does not know yet"
        about="Proposed by name, type and how values look. Production is only read."
        actions={
          acceptable.length > 0 && (
            <Act
              id="sync:policy"
              parameters={{ environment, only }}
              label={chosen.length > 0 ? `Accept ${countInWords(chosen.length, "proposal")}` : "Accept all"}
              about="Write the proposed rules to sanitize.yml. What is there already stays. Look at them afterwards: you know your data best."
            />
          )
        }
        bare
      >
        <Loaded query={policy} lines={8} label="Looking at production's columns">
          {({ decided }) =>
            decided ? (
              <Empty icon={ShieldCheck} title="Every column has a rule">
                <p>A new column without one stops the next copy, and shows here.</p>
              </Empty>
            ) : (
              <ProposalTable
                lacks={lacks}
                chosen={chosen}
                onTick={(called, on) => setTicked(on ? [...chosen, called] : chosen.filter((one) => one !== called))}
              />
            )
          }
        </Loaded>
      </Card>
    </div>
  );
}

type NamedLack = Lack & { readonly name: string };

/** The graph is one more database here. */
function lacksOf({ databases, graph }: Policy): NamedLack[] {
  return [...databases, ...(graph ? [{ name: "neo4j", ...graph }] : [])];
}

function ProposalTable({
  lacks,
  chosen,
  onTick,
}: {
  lacks: readonly NamedLack[];
  chosen: readonly string[];
  onTick: (called: string, on: boolean) => void;
}) {
  return (
    <Table label="Proposals">
      <thead>
        <tr>
          <th>Where</th>
          <th>Proposed</th>
          <th>Why</th>
        </tr>
      </thead>
      <tbody>
        {lacks.flatMap(({ name, proposals, refused }) => [
          ...proposals.map(({ called, rule, because }) => (
            <tr key={called}>
              <td className="break">
                {rule === null ? (
                  called
                ) : (
                  <Tick label={called} value={chosen.includes(called)} onChange={(on) => onTick(called, on)} />
                )}
              </td>
              <td>{rule === null ? <Badge tone="warn">say it yourself</Badge> : <code>{inWords(rule)}</code>}</td>
              <td className="muted">{because}</td>
            </tr>
          )),
          ...refused.map(({ message, next }) => (
            <tr key={`${name} ${message}`}>
              <td className="muted">{name}</td>
              <td>
                <Badge tone="bad">cannot hold</Badge>
              </td>
              <td className="muted">
                {message}. {next}
              </td>
            </tr>
          )),
        ])}
      </tbody>
    </Table>
  );
}

function inWords(rule: unknown): string {
  return typeof rule === "string" ? rule : JSON.stringify(rule);
}

import { useQuery } from "@tanstack/react-query";
import { CheckCircle2, ChevronRight, Radio } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import { skewInWords } from "../lib/format.ts";
import { viewQuery } from "../lib/queries.ts";
import { Act } from "../parts/act.tsx";
import { Ago, Badge, Card, Empty, PageHead, type Tone } from "../parts/basics.tsx";
import { useEnvironment } from "../parts/environment-choice.tsx";
import { Field } from "../parts/fields.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Table } from "../parts/table.tsx";

interface Fleet {
  readonly version: number;
  readonly conflicts: number;
  readonly nodes: readonly {
    readonly node_id: string;
    readonly node_code: string;
    readonly last_sync_in: string | null;
    readonly last_sync_out: string | null;
    readonly pending_changes: number;
    readonly skew_ms: number | null;
    readonly token: "valid" | "expired" | "revoked";
  }[];
  readonly open_conflicts: readonly Conflict[];
}

type Row = Readonly<Record<string, unknown>>;

interface Conflict {
  readonly id: string;
  readonly entity_type: string;
  readonly entity_uuid: string;
  readonly operation: string;
  readonly arrival_time: string;
  readonly reason: string;
  readonly serialized_data: Row | null;
}

const tokenTones: Readonly<Record<string, Tone>> = { valid: "good", expired: "warn", revoked: "bad" };

export default function RecordsPage() {
  const { environment, choice } = useEnvironment();
  const fleet = useQuery(viewQuery<Fleet>("records", { environment }));
  return (
    <>
      <PageHead
        title="Records"
        about="Devices that work offline: how far behind they are, and what they could not agree on."
      >
        {choice}
      </PageHead>
      <Loaded query={fleet} lines={8} label="Asking the record server">
        {({ nodes, conflicts, open_conflicts: shown }) => (
          <>
            <Card
              title={
                shown.length < conflicts
                  ? `Conflicts: ${shown.length} of ${conflicts.toLocaleString("en")}`
                  : "Conflicts"
              }
              about="Each waits for a person: choose whose version stands, or write your own"
              bare
            >
              {shown.length === 0 ? (
                <Empty icon={CheckCircle2} title="No conflict waits" />
              ) : (
                shown.map((conflict) => (
                  <ConflictView key={conflict.id} environment={environment} conflict={conflict} />
                ))
              )}
            </Card>
            <Nodes nodes={nodes} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Nodes({ nodes }: { nodes: Fleet["nodes"] }) {
  return (
    <Card title="Fleet" bare>
      {nodes.length === 0 ? (
        <Empty icon={Radio} title="No node has registered yet" />
      ) : (
        <Table label="Nodes">
          <thead>
            <tr>
              <th>Node</th>
              <th>Was here</th>
              <th className="end">Behind by</th>
              <th className="end">Clock</th>
              <th>Token</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ node_id, node_code, last_sync_out, pending_changes, skew_ms, token }) => (
              <tr key={node_id}>
                <td className="nowrap">{node_code}</td>
                <td>{last_sync_out ? <Ago at={last_sync_out} /> : <span className="muted">never</span>}</td>
                <td className="end number">{pending_changes.toLocaleString("en")}</td>
                <td className="end number">{skew_ms === null ? "" : skewInWords(skew_ms)}</td>
                <td>
                  <Badge tone={tokenTones[token] ?? "plain"}>{token}</Badge>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

interface Explained {
  readonly records: readonly { readonly entity_type: string; readonly row: Row | null; readonly deleted: boolean }[];
}

interface OfConflict {
  readonly environment: string;
  readonly conflict: Conflict;
}

function ConflictView({ environment, conflict }: OfConflict) {
  const { id, entity_type, entity_uuid, reason, serialized_data: theirs, arrival_time } = conflict;
  const [open, setOpen] = useState(false);
  return (
    <article className="card-body stack conflict">
      <div className="row apart">
        <div>
          <h3>
            {entity_type} <code className="muted">{entity_uuid}</code>
          </h3>
          <p className="muted small">
            {reason} · arrived <Ago at={arrival_time} />
          </p>
        </div>
        <div className="row">
          <Resolve environment={environment} id={id} take="ours" label="Keep the server’s" />
          <Resolve environment={environment} id={id} take="theirs" label="Take the node’s" />
          <Resolve environment={environment} id={id} take="deleted" label="Delete the record" />
          <Merge environment={environment} id={id} theirs={theirs} />
        </div>
      </div>
      <Disclosure className="disclosure" isExpanded={open} onExpandedChange={setOpen}>
        <Heading level={4}>
          <AriaButton slot="trigger" className="button bare">
            <ChevronRight aria-hidden /> Side by side
          </AriaButton>
        </Heading>
        <DisclosurePanel>{open && <BothVersions environment={environment} conflict={conflict} />}</DisclosurePanel>
      </Disclosure>
    </article>
  );
}

/** Asked for when somebody wants to see it: it is a look into the database for each. */
function BothVersions({ environment, conflict: { entity_type, entity_uuid, operation, serialized_data } }: OfConflict) {
  const explained = useQuery(viewQuery<Explained>("record-history", { environment, record: entity_uuid }));
  return (
    <Loaded query={explained} lines={4}>
      {({ records }) => {
        const ours = records.find((record) => record.entity_type === entity_type)?.row ?? null;
        const theirs = operation === "delete" ? null : serialized_data;
        return <SideBySide label={`Versions of ${entity_uuid}`} ours={ours} theirs={theirs} />;
      }}
    </Loaded>
  );
}

function SideBySide({ label, ours, theirs }: { label: string; ours: Row | null; theirs: Row | null }) {
  const columns = [...new Set([...Object.keys(ours ?? {}), ...Object.keys(theirs ?? {})])];
  return (
    <Table label={label} look="diff">
      <thead>
        <tr>
          <th>Column</th>
          <th>{ours ? "Server" : "Server: deleted"}</th>
          <th>{theirs ? "Node" : "Node: deleted"}</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column) => {
          const [left, right] = [textOf(ours?.[column]), textOf(theirs?.[column])];
          return (
            <tr key={column}>
              <td>
                <code>{column}</code>
              </td>
              <td className="break">{left === right ? left : <del>{left}</del>}</td>
              <td className="break">{left === right ? right : <ins>{right}</ins>}</td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function textOf(value: unknown): string {
  return value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);
}

function Resolve({
  environment,
  id,
  take,
  label,
}: {
  environment: string;
  id: string;
  take: "ours" | "theirs" | "deleted";
  label: string;
}) {
  return (
    <Act
      id="records:resolve"
      parameters={{ environment, conflict: id, take }}
      label={label}
      about="It goes out to all nodes. The version that loses is kept in the record's history."
    />
  );
}

function Merge({ environment, id, theirs }: { environment: string; id: string; theirs: Row | null }) {
  const [column, setColumn] = useState(Object.keys(theirs ?? {})[0] ?? "");
  const [value, setValue] = useState("");
  return (
    <Act
      id="records:resolve"
      parameters={{ environment, conflict: id, set: { [column]: value } }}
      label="Write your own"
      look="bare"
      about="The server's version with a value of yours. It goes out to all nodes."
    >
      <Field label="Column" value={column} onChange={setColumn} isRequired />
      <Field label="Value" value={value} onChange={setValue} />
    </Act>
  );
}

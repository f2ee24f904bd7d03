import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form, Label, RadioGroup } from "react-aria-components";
import { call } from "../../lib/api.ts";
import { type Direction, fullSyncCommand, type Method, type Peer } from "../../lib/full-sync.ts";
import { useSession } from "../../lib/queries.ts";
import { Button, CommandLine, ErrorNote, Note } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Segments, Tick } from "../../parts/fields.tsx";
import { DirectionChoice, ServerChoice } from "./choices.tsx";

/** Choose a server, a direction and options, and begin. */
export function StartFullSync({ peers, busy }: { peers: readonly Peer[]; busy: boolean }) {
  const { role, fullSync } = useSession();
  const client = useQueryClient();
  // What was chosen stays chosen, whatever the list does meanwhile.
  const [nodeId, setNodeId] = useState<string | null>(null);
  const [direction, setDirection] = useState<Direction>("pull");
  const [compress, setCompress] = useState(true);
  const [verify, setVerify] = useState(true);
  const [plan, setPlan] = useState(false);
  const [method, setMethod] = useState<Method>("backup");
  const others = peers.filter(({ local }) => !local);
  const peer = others.find((one) => one.nodeId === nodeId);
  const asked = { direction, peer: peer?.name ?? "", compress, verify, plan, method, environment: fullSync ?? "" };
  const command = fullSyncCommand(asked);
  const begin = useMutation({
    mutationFn: () =>
      call("POST", "/api/admin/sync/full-sync", {
        action: direction,
        targetPeer: peer && { nodeId: peer.nodeId, ipAddress: peer.ipAddress, name: peer.name },
        options: { compressionEnabled: compress, verifyAfterSync: verify, method, plan },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["full-syncs"] }),
  });
  return (
    <Form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        // What writes is asked about first, by the button.
        if (peer && plan) begin.mutate();
      }}
    >
      <div className="card-head">
        <h2>Start a full sync</h2>
      </div>
      <div className="card-body stack">
        <RadioGroup className="field" value={nodeId} onChange={setNodeId}>
          <Label className="label">Select server</Label>
          <div className="choices">
            {peers.map((one) => (
              <ServerChoice key={one.nodeId} peer={one} />
            ))}
          </div>
        </RadioGroup>
        {others.length === 0 && (
          <Note title="No other server is known yet">
            <CommandLine command="pnpm peers:add https://other-server:8095 --token …" />
          </Note>
        )}
        <RadioGroup className="field" value={direction} onChange={(value) => setDirection(value as Direction)}>
          <Label className="label">Direction</Label>
          <div className="choices side">
            <DirectionChoice value="pull" title="Pull" about={`${peer?.name ?? "Selected server"} → This server`} />
            <DirectionChoice value="push" title="Push" about={`This server → ${peer?.name ?? "Selected server"}`} />
          </div>
        </RadioGroup>
        <fieldset className="field bare">
          <legend className="label">Options</legend>
          <Tick label="Compress backup" about="(faster transfer)" value={compress} onChange={setCompress} />
          <Tick label="Verify after sync" about="(every table, on both sides)" value={verify} onChange={setVerify} />
          <Tick
            label="Only plan"
            about="(show what would be written, and write nothing)"
            value={plan}
            onChange={setPlan}
          />
        </fieldset>
        <div className="field">
          <span className="label">Method</span>
          <Segments
            label="Method"
            options={[
              ["backup", "Backup"],
              ["http", "HTTP pages"],
            ]}
            value={method}
            onChange={setMethod}
          />
          <span className="description">
            {method === "backup"
              ? "One consistent backup in chunks that resume. The fast one."
              : "Row pages over HTTP: slower, where backups cannot be made."}
          </span>
        </div>
        {peer && <CommandLine command={command} />}
        {plan && begin.error && <ErrorNote error={begin.error} />}
        <StartButton
          plan={plan}
          source={direction === "pull" ? (peer?.name ?? "") : "this server"}
          target={direction === "pull" ? "this server" : (peer?.name ?? "")}
          isDisabled={!peer || busy || begin.isPending || role !== "operator"}
          command={command}
          begin={begin}
        />
        {busy && <p className="muted small">One full sync at a time: wait until it ends, or cancel it.</p>}
      </div>
    </Form>
  );
}

/** What is only planned begins at once; what writes asks first, as the command does. */
function StartButton({
  plan,
  source,
  target,
  isDisabled,
  command,
  begin,
}: {
  plan: boolean;
  source: string;
  target: string;
  isDisabled: boolean;
  command: string;
  begin: UseMutationResult<unknown, Error, void>;
}) {
  if (plan) {
    return (
      <Button type="submit" look="primary" isDisabled={isDisabled}>
        {begin.isPending ? "Starting…" : "Show what it would do"}
      </Button>
    );
  }
  return (
    <Confirm
      trigger={
        <Button look="primary" isDisabled={isDisabled}>
          Start full sync
        </Button>
      }
      title="Start this full sync?"
      about={`Rows of ${source} will be written over those of ${target}. None is deleted. Only plan shows how many, first.`}
      verb="Start"
      command={command}
      run={begin}
    />
  );
}

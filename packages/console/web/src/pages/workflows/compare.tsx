import { useQuery } from "@tanstack/react-query";
import { GitCompare } from "lucide-react";
import { useState } from "react";
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useEnvironments, viewQuery } from "../../lib/queries.ts";
import { Button, Note } from "../../parts/basics.tsx";
import { Segments } from "../../parts/fields.tsx";
import { Loaded } from "../../parts/loaded.tsx";

interface Change {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

interface Node {
  readonly name: string;
  readonly type: string;
}

interface Link {
  readonly from: string;
  readonly to: string;
}

interface Comparison {
  readonly from: string;
  readonly to: string;
  readonly same: boolean;
  readonly diff: {
    readonly fields: readonly Change[];
    readonly added: readonly Node[];
    readonly removed: readonly Node[];
    readonly changed: readonly (Node & { readonly changes: readonly Change[] })[];
    readonly moved: readonly string[];
    readonly connected: readonly Link[];
    readonly disconnected: readonly Link[];
  };
}

export function Compare({ environment, what, title }: { environment: string; what: string; title: string }) {
  const others = useEnvironments().filter(({ name }) => name !== environment);
  const [against, setAgainst] = useState("its migration");
  return (
    <DialogTrigger>
      <Button look="bare">
        <GitCompare aria-hidden /> Compare
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal wide">
          <Dialog className="dialog">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <Segments
              label="Compare with"
              options={["its migration", ...others.map(({ name }) => name)].map((name) => [name, name] as const)}
              value={against}
              onChange={setAgainst}
            />
            <Diff environment={environment} what={what} against={against === "its migration" ? undefined : against} />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function Diff({ environment, what, against }: { environment: string; what: string; against: string | undefined }) {
  const query = useQuery(viewQuery<Comparison>("workflow-diff", { environment, what, with: against }));
  return (
    <Loaded query={query} lines={6} label="Comparing">
      {({ from, to, same, diff }) => (
        <div className="stack diff">
          <p>
            {from} → {to}
          </p>
          {same && <Note tone="good" title="They are the same" />}
          {diff.fields.map((change) => (
            <ChangeView key={change.path} change={change} />
          ))}
          {diff.added.map(({ name, type }) => (
            <ins key={`added ${name}`}>
              + {name} ({type})
            </ins>
          ))}
          {diff.removed.map(({ name, type }) => (
            <del key={`removed ${name}`}>
              − {name} ({type})
            </del>
          ))}
          {diff.changed.map(({ name, type, changes }) => (
            <section key={name} className="stack close">
              <h3>
                {name} <span className="muted">{type}</span>
              </h3>
              {changes.map((change) => (
                <ChangeView key={change.path} change={change} />
              ))}
            </section>
          ))}
          {diff.connected.map((link) => (
            <ins key={`connected ${link.from} ${link.to}`}>
              + {link.from} → {link.to}
            </ins>
          ))}
          {diff.disconnected.map((link) => (
            <del key={`disconnected ${link.from} ${link.to}`}>
              − {link.from} → {link.to}
            </del>
          ))}
          {diff.moved.length > 0 && <p>Only moved on the canvas: {diff.moved.join(", ")}</p>}
        </div>
      )}
    </Loaded>
  );
}

function ChangeView({ change: { path, before, after } }: { change: Change }) {
  return (
    <div>
      <code>{path}</code>
      {before !== undefined && <del>{shown(before)}</del>}
      {after !== undefined && <ins>{shown(after)}</ins>}
    </div>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

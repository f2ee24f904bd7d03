import { useQuery } from "@tanstack/react-query";
import { viewQuery } from "../lib/queries.ts";
import { Act } from "../parts/act.tsx";
import { Note, PageHead } from "../parts/basics.tsx";
import { useEnvironment } from "../parts/environment-choice.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Drift } from "./workflows/drift.tsx";
import { Pending } from "./workflows/pending.tsx";
import type { WorkflowState } from "./workflows/state.ts";

interface Status {
  readonly environments: readonly {
    readonly environment: string;
    readonly unreachable: string | null;
    readonly applied: number;
    readonly pending: readonly string[];
    readonly problems: readonly { readonly message: string; readonly next: string }[];
    readonly workflows: readonly WorkflowState[];
  }[];
}

export default function WorkflowsPage() {
  const { environment, choice } = useEnvironment();
  const status = useQuery(viewQuery<Status>("workflows", { environment }));
  return (
    <>
      <PageHead
        title="Workflows"
        about="n8n's workflows as migrations: what waits, what was changed besides, node by node."
      >
        {choice}
        <Act
          id="test:workflows"
          parameters={{ environment }}
          label="Run the tests"
          about="Run every workflow test on temporary copies of the workflows."
        />
      </PageHead>
      <Loaded query={status} lines={8} label="Asking n8n">
        {({ environments }) =>
          environments.map((one) => (
            <div key={one.environment} className="stack">
              {one.unreachable && <Note tone="bad" title={one.unreachable} />}
              {one.problems.map(({ message, next }) => (
                <Note key={message} tone="warn" title={message}>
                  {next}
                </Note>
              ))}
              <Pending environment={environment} applied={one.applied} pending={one.pending} />
              <Drift environment={environment} workflows={one.workflows} />
            </div>
          ))
        }
      </Loaded>
    </>
  );
}

import { Workflow } from "lucide-react";
import { Act } from "../../parts/act.tsx";
import { Badge, Card, Empty } from "../../parts/basics.tsx";
import { Compare } from "./compare.tsx";
import { tones, type WorkflowState, words } from "./state.ts";

export function Drift({ environment, workflows }: { environment: string; workflows: readonly WorkflowState[] }) {
  return (
    <Card title="Workflows" about="Against the newest migration of each" bare>
      {workflows.length === 0 ? (
        <Empty icon={Workflow} title="n8n has no workflows here" />
      ) : (
        <ul className="list">
          {workflows.map(({ id, name, state, live }) => (
            <li key={id}>
              <div className="grow">
                <strong>{name}</strong>
                <div className="muted small">{live ? "live" : "not live"}</div>
              </div>
              <Badge tone={tones[state]}>{words[state]}</Badge>
              {state !== "same" && state !== "deleted" && (
                <Act
                  id="n8n:create-migration"
                  parameters={{ environment, workflow: name }}
                  label="Make a migration"
                  about="Write what the workflow is here as a migration, for review and for the other environments."
                />
              )}
              <Compare environment={environment} what={id} title={name} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

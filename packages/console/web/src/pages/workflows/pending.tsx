import { Workflow } from "lucide-react";
import { useState } from "react";
import { countInWords } from "../../lib/format.ts";
import { Act } from "../../parts/act.tsx";
import { Card, Empty } from "../../parts/basics.tsx";
import { Segments } from "../../parts/fields.tsx";
import { Compare } from "./compare.tsx";

export function Pending({
  environment,
  applied,
  pending,
}: {
  environment: string;
  applied: number;
  pending: readonly string[];
}) {
  const [resolve, setResolve] = useState<"stop" | "theirs" | "ours">("stop");
  return (
    <Card
      title="Migrations"
      about={`${countInWords(applied, "migration")} applied, ${pending.length} waiting`}
      actions={
        <Act
          id="n8n:migrate-up"
          parameters={{ environment, resolve: resolve === "stop" ? undefined : resolve }}
          label="Apply…"
          look={pending.length ? "primary" : ""}
          disabled={pending.length === 0}
          about="Each is applied whole or not at all, in order; then n8n runs them."
        >
          <Segments
            label="In a conflict"
            options={[
              ["stop", "Stop in a conflict"],
              ["theirs", "Take the migration’s"],
              ["ours", "Keep what is here"],
            ]}
            value={resolve}
            onChange={setResolve}
          />
        </Act>
      }
      bare
    >
      {pending.length === 0 ? (
        <Empty icon={Workflow} title="Nothing waits" />
      ) : (
        <ul className="list">
          {pending.map((file) => (
            <li key={file}>
              <code className="grow break">{file}</code>
              <Compare environment={environment} what={file} title={file} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

import { useQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { useState } from "react";
import { bytesInWords } from "../../lib/format.ts";
import { planQuery } from "../../lib/queries.ts";
import { Badge, Button, Card, Empty } from "../../parts/basics.tsx";
import { Loaded } from "../../parts/loaded.tsx";

interface Planned {
  readonly from: string;
  readonly to: string;
  readonly databases: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly tables: readonly {
      readonly table: string;
      readonly action: string;
      readonly because: string;
      readonly rows: number | null;
      readonly bytes: number;
      readonly columns: readonly { readonly name: string; readonly what: string; readonly because: string }[];
    }[];
  }[];
}

/** What a copy would do, once it is asked for: it looks at all of production. */
export function CopyPlan({ environment }: { environment: string }) {
  const [asked, setAsked] = useState(false);
  const plan = useQuery({ ...planQuery<Planned>("copy-plan", { environment }), enabled: asked });
  return (
    <Card
      title="What would happen to every table and column"
      actions={
        <Button onPress={() => (asked ? void plan.refetch() : setAsked(true))} isDisabled={plan.isFetching}>
          {plan.isFetching ? "Planning…" : "Show the plan"}
        </Button>
      }
      bare
    >
      {asked ? (
        <div className="card-body stack">
          <Loaded query={plan} lines={8} label="Planning">
            {({ databases }) =>
              databases.map(({ name, bytes, tables }) => (
                <div key={name} className="stack close">
                  <h3>
                    {name} <span className="muted">{bytesInWords(bytes)}</span>
                  </h3>
                  {tables.map(({ table, action, because, rows, columns }) => (
                    <details key={table}>
                      <summary>
                        <code>{table}</code> <Badge tone={action === "copy" ? "good" : "plain"}>{action}</Badge>{" "}
                        <span className="muted small">
                          {rows === null ? "" : `about ${rows.toLocaleString("en")} rows · `}
                          {because}
                        </span>
                      </summary>
                      <ul className="stack close small" style={{ padding: "8px 18px" }}>
                        {columns.map((column) => (
                          <li key={column.name}>
                            <code>{column.name}</code> {column.what} <span className="muted">{column.because}</span>
                          </li>
                        ))}
                      </ul>
                    </details>
                  ))}
                </div>
              ))
            }
          </Loaded>
        </div>
      ) : (
        <Empty icon={FileText} title="Nothing is changed by a plan" />
      )}
    </Card>
  );
}

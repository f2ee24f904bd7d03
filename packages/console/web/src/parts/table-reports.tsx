import { ChevronRight } from "lucide-react";
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import type { TableReport } from "../lib/full-sync.ts";
import { Badge } from "./basics.tsx";
import { Table } from "./table.tsx";

/** What a full sync did to each table, or would do: counts, keys in conflict, what a person should know. */
export function TableReports({ tables, isOpen }: { tables: readonly TableReport[]; isOpen: boolean }) {
  return (
    <Disclosure className="disclosure" defaultExpanded={isOpen}>
      <Heading level={3}>
        <AriaButton slot="trigger" className="button bare">
          <ChevronRight aria-hidden /> Table by table
        </AriaButton>
      </Heading>
      <DisclosurePanel>
        <Table label="Table by table">
          <thead>
            <tr>
              <th>Table</th>
              <th className="end">New</th>
              <th className="end">Changed</th>
              <th className="end">Unchanged</th>
              <th>Conflicts (keys), and what to know</th>
            </tr>
          </thead>
          <tbody>
            {tables.map((report) => (
              <Line key={report.table} report={report} />
            ))}
          </tbody>
        </Table>
      </DisclosurePanel>
    </Disclosure>
  );
}

function Line({
  report: { table, inserted, updated, unchanged, conflicts, notes, verified },
}: {
  report: TableReport;
}) {
  return (
    <tr>
      <td className="nowrap">
        <code>{table}</code> {verified === false && <Badge tone="warn">differs</Badge>}
      </td>
      {[inserted, updated, unchanged].map((count, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three counts that stay where they are
        <td key={at} className="end number">
          {count.toLocaleString("en")}
        </td>
      ))}
      <td className="muted small break">{[...conflicts, ...notes].join("; ")}</td>
    </tr>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { ReceiptView } from "../../../src/contract/receipt.ts";
import { countInWords, momentInWords } from "../lib/format.ts";
import { receiptQuery } from "../lib/queries.ts";
import { Ago, Badge, Button } from "./basics.tsx";
import { Loaded } from "./loaded.tsx";
import { Table } from "./table.tsx";

/** Opens receipts, one at a time. The dialog stands beside the list, so that it stays when the list's rows change. */
export function useReceipt() {
  const [release, open] = useState<string | null>(null);
  const dialog = (
    <ModalOverlay className="overlay" isDismissable isOpen={release !== null} onOpenChange={() => open(null)}>
      <Modal className="modal wide">
        <Dialog className="dialog">
          <Heading slot="title" level={2}>
            Receipt of <code>{release}</code>
          </Heading>
          {release && <Receipt release={release} />}
          <div className="actions">
            <Button onPress={() => open(null)}>Close</Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
  return { open, dialog };
}

function Receipt({ release }: { release: string }) {
  return (
    <Loaded query={useQuery(receiptQuery(release))} lines={8} label="Loading the receipt">
      {(receipt) => (
        <>
          <Signed receipt={receipt} />
          <Images images={receipt.images} />
        </>
      )}
    </Loaded>
  );
}

function Signed({
  receipt: { commit, staging, health, workflows, copy, by, at, holdsUntil },
}: {
  receipt: ReceiptView;
}) {
  const isOver = Date.parse(holdsUntil) < Date.now();
  return (
    <dl className="facts">
      <dt>Signed</dt>
      <dd>
        <Ago at={at} /> by {by}, with this installation’s key
      </dd>
      <dt>Holds until</dt>
      <dd>
        {momentInWords(holdsUntil)} <Badge tone={isOver ? "warn" : "good"}>{isOver ? "too old by now" : "holds"}</Badge>
      </dd>
      <dt>Commit</dt>
      <dd>
        <code>{commit}</code>
      </dd>
      <dt>Proven on</dt>
      <dd>
        {staging}
        {copy ? (
          <>
            , with production’s data of <Ago at={copy.at} />
          </>
        ) : (
          ", without a copy of production"
        )}
      </dd>
      <dt>Health</dt>
      <dd>
        <Results one="check" {...health} />
      </dd>
      <dt>Workflows</dt>
      <dd>{workflows ? <Results one="test" {...workflows} /> : <span className="muted">there are no tests</span>}</dd>
    </dl>
  );
}

function Results({ one, passed, failed }: { one: string } & ReceiptView["health"]) {
  return (
    <details>
      <summary>
        {countInWords(passed.length, one)} passed, {failed.length} failed
      </summary>
      <ul className="small">
        {failed.map((name) => (
          <li key={name}>
            <Badge tone="bad">failed</Badge> {name}
          </li>
        ))}
        {passed.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </details>
  );
}

function Images({ images }: Pick<ReceiptView, "images">) {
  return (
    <Table label="Images">
      <thead>
        <tr>
          <th>Service</th>
          <th>Image</th>
        </tr>
      </thead>
      <tbody>
        {images.map(({ service, reference, digest, id }) => (
          <tr key={service}>
            <td>{service}</td>
            <td className="break">
              {reference}
              <div className="small">
                <code>{digest ?? id}</code>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

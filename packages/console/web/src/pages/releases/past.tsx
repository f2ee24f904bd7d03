import { useInfiniteQuery } from "@tanstack/react-query";
import { Rocket } from "lucide-react";
import type { PastRelease } from "../../../../src/contract/releases.ts";
import { durationInWords } from "../../lib/format.ts";
import { releasesQuery } from "../../lib/queries.ts";
import { Ago, Badge, Button, Card, Empty, type Tone } from "../../parts/basics.tsx";
import { useEnvironment } from "../../parts/environment-choice.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useReceipt } from "../../parts/receipt.tsx";
import { Rows } from "../../parts/rows.tsx";

const tones: Readonly<Record<PastRelease["result"], Tone>> = {
  succeeded: "good",
  failed: "bad",
  "cut off": "warn",
  open: "busy",
};

const receipts = { yes: "signed", altered: "altered" } as const;

export function Past() {
  const { environment, choice } = useEnvironment();
  const { open, dialog } = useReceipt();
  const releases = useInfiniteQuery(releasesQuery(environment));
  return (
    <div className="stack">
      {choice}
      <Card bare>
        <Loaded query={releases} lines={10}>
          {({ pages }) =>
            pages[0]?.releases.length === 0 ? (
              <Empty icon={Rocket} title={`Nothing was deployed to ${environment} from here yet`} />
            ) : (
              <Rows
                label={`Releases of ${environment}`}
                rows={pages.flatMap((page) => page.releases)}
                onEnd={() => releases.hasNextPage && !releases.isFetching && void releases.fetchNextPage()}
                columns={[
                  { title: "When", width: "130px", cell: ({ at }) => <Ago at={at} /> },
                  {
                    title: "Release",
                    width: "minmax(190px, 1.4fr)",
                    cell: ({ release, current }) => (
                      <>
                        <code>{release ?? "none"}</code> {current && <Badge tone="good">runs now</Badge>}
                      </>
                    ),
                  },
                  { title: "By", width: "130px", cell: ({ verb }) => verb },
                  { title: "Who", width: "130px", cell: ({ who }) => who ?? "unknown" },
                  { title: "Took", width: "90px", cell: ({ seconds }) => durationInWords(seconds) },
                  {
                    title: "Result",
                    width: "minmax(110px, 1fr)",
                    cell: ({ result, why }) => (
                      <span title={why ?? undefined}>
                        <Badge tone={tones[result]}>{result}</Badge> <span className="muted small">{why}</span>
                      </span>
                    ),
                  },
                  {
                    title: "Receipt",
                    width: "80px",
                    cell: ({ release, receipt }) =>
                      receipt === "no" ? (
                        "–"
                      ) : (
                        <Button
                          look="bare"
                          aria-label={`${receipts[receipt]}: open the receipt of ${release}`}
                          onPress={() => open(release)}
                        >
                          {receipt === "altered" ? <Badge tone="bad">{receipts.altered}</Badge> : receipts.yes}
                        </Button>
                      ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {dialog}
    </div>
  );
}

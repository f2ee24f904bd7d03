import { useQuery } from "@tanstack/react-query";
import { Download, Share2, Users } from "lucide-react";
import { bytesInWords, countInWords, durationInWords } from "../lib/format.ts";
import { viewQuery } from "../lib/queries.ts";
import { Act } from "../parts/act.tsx";
import { Ago, Badge, Card, CommandLine, Empty, PageHead, type Tone } from "../parts/basics.tsx";
import { useEnvironment } from "../parts/environment-choice.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Table } from "../parts/table.tsx";

interface Snapshot {
  readonly stamp: string;
  readonly by: string;
  readonly environment: string;
  readonly time: string;
  readonly bytes: number;
  readonly compatible: "same" | "differs" | "refused";
  readonly notes: readonly string[];
}

interface Figures {
  readonly verb: string;
  readonly runs: number;
  readonly failed: number;
  readonly successPercent: number;
  readonly medianSeconds: number | null;
  readonly failures: readonly { readonly error: string; readonly times: number }[];
}

const tones: Readonly<Record<Snapshot["compatible"], Tone>> = { same: "good", differs: "warn", refused: "bad" };
const words = { same: "fits", differs: "fits, with differences", refused: "does not fit" } as const;

export default function TeamPage() {
  const { environment, choice } = useEnvironment("staging");
  const snapshots = useQuery(viewQuery<Snapshot[]>("snapshots", { environment }));
  const figures = useQuery(viewQuery<Figures[]>("snapshot-figures", { environment }));
  return (
    <>
      <PageHead title="Team" about="A colleague's whole environment, in one snapshot: shared, checked, swapped in.">
        {choice}
        <Act
          id="team:undo"
          parameters={{ environment }}
          label="Undo the last one"
          about="Go back to the data that was here before the last snapshot was taken."
        />
        <Act
          id="team:push"
          parameters={{ environment }}
          look="primary"
          label="Share a snapshot"
          icon={<Share2 aria-hidden />}
          about="Databases, graph and workflows as they are now go to the team's place. Secrets stay here."
        />
      </PageHead>
      <Card title="Snapshots" about="In the team's place, the newest first" bare>
        <Loaded query={snapshots} lines={6} label="Looking into the team's place">
          {(all) =>
            all.length === 0 ? (
              <Empty icon={Users} title="Nobody has shared a snapshot yet">
                <CommandLine command={`pnpm team:push --environment ${environment}`} />
              </Empty>
            ) : (
              <ul className="list">
                {all.map(({ stamp, by, environment: of, time, bytes, compatible, notes }) => (
                  <li key={stamp}>
                    <div className="grow">
                      <div className="row">
                        <strong>{by}</strong> <Badge tone={tones[compatible]}>{words[compatible]}</Badge>
                      </div>
                      <div className="muted small break">
                        {of} · <Ago at={time} /> · {bytesInWords(bytes)}
                        {notes.length > 0 && ` · ${notes.join(" · ")}`}
                      </div>
                    </div>
                    <Act
                      id="team:pull"
                      parameters={{ environment, snapshot: stamp }}
                      label="Take it"
                      icon={<Download aria-hidden />}
                      disabled={compatible === "refused"}
                      about={`Fetch ${by}'s snapshot, check it to the last byte, lay it beside your own data, and swap it in. Your own is kept for an undo.`}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Card>
      <Loaded query={figures} lines={3}>
        {(all) =>
          all.length === 0 ? null : (
            <Card title="How it went" about="Of this installation" bare>
              <Table label="How it went">
                <thead>
                  <tr>
                    <th>Verb</th>
                    <th className="end">Runs</th>
                    <th className="end">Succeeded</th>
                    <th className="end">Usually takes</th>
                    <th>Most frequent failure</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map(({ verb, runs, successPercent, medianSeconds, failures: [worst] }) => (
                    <tr key={verb}>
                      <td>{verb}</td>
                      <td className="end number">{runs}</td>
                      <td className="end number">{Math.round(successPercent)} %</td>
                      <td className="end number">{medianSeconds === null ? "" : durationInWords(medianSeconds)}</td>
                      <td className="muted break">
                        {worst ? `${worst.error} (${countInWords(worst.times, "time")})` : ""}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </Table>
            </Card>
          )
        }
      </Loaded>
    </>
  );
}

import { ArrowRight } from "lucide-react";
import { Radio } from "react-aria-components";
import type { Direction, Peer } from "../../lib/full-sync.ts";
import { Badge } from "../../parts/basics.tsx";

/** A server as a radio button; this one cannot be chosen. */
export function ServerChoice({ peer: { nodeId, name, ipAddress, kind, local, reachable } }: { peer: Peer }) {
  return (
    <Radio value={nodeId} className="choice" isDisabled={local}>
      <span className="dot" />
      <span>
        <strong>
          {name} {local && <Badge>Local</Badge>}
        </strong>
        <span className="muted small">
          {ipAddress} · {kind}
        </span>
      </span>
      {!local && reachable !== null && (
        <span style={{ marginLeft: "auto" }}>
          <Badge tone={reachable ? "good" : "bad"}>{reachable ? "reachable" : "does not answer"}</Badge>
        </span>
      )}
    </Radio>
  );
}

/** `about` says it in words, which the arrow points as. */
export function DirectionChoice({ value, title, about }: { value: Direction; title: string; about: string }) {
  return (
    <Radio value={value} className="choice">
      <span className="dot" />
      <span>
        <strong className="row">
          {title} <ArrowRight aria-hidden />
        </strong>
        <span className="muted small">{about}</span>
      </span>
    </Radio>
  );
}

import { randomUUID } from "node:crypto";
import { type Alert, noEvidence } from "./alert.ts";

/** What a channel is tried with. @param at ms since the epoch */
export function testAlert(environment: string, at: number): Alert {
  return {
    id: randomUUID(),
    kind: "test",
    environment,
    service: "understudy",
    severity: "warning",
    checks: [],
    affected: [],
    evidence: noEvidence,
    since: at,
    at,
  };
}

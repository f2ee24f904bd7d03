import { quoteLiteral, quoteTable, type SequenceState } from "@understudy/postgres";

/** A sequence of the source as it travels. */
export interface SentSequence {
  readonly schema: string;
  readonly name: string;
  /** The number that it gave last, as text: it may be larger than a double holds. */
  readonly at: string;
}

export function sentSequences(states: readonly SequenceState[]): SentSequence[] {
  return states.filter(({ asked }) => asked).map(({ schema, name, at }) => ({ schema, name, at: String(at) }));
}

/** Statements that move the target's sequences on, so that they give no number that a row has already; never back. */
export function sequenceSteps(source: readonly SentSequence[], target: readonly SequenceState[]): string[] {
  const sent = new Map(source.map((sequence) => [quoteTable(sequence), BigInt(sequence.at)]));
  return target.flatMap((state) => {
    const further = (left: bigint, right: bigint) => (state.ascending === left > right ? left : right);
    const candidates = [sent.get(quoteTable(state)), state.furthest].filter((value) => value !== undefined);
    const [first, ...others] = candidates;
    if (first === undefined) return [];
    const wanted = others.reduce(further, first);
    if (state.asked && further(wanted, state.at) === state.at) return [];
    return [`SELECT pg_catalog.setval(${quoteLiteral(quoteTable(state))}::regclass, ${wanted})`];
  });
}

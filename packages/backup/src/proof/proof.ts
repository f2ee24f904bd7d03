/** That a backup was restored for a test, and how it went; stored beside it. */
export interface Proof {
  /** ISO 8601. */
  readonly at: string;
  readonly result: "succeeded" | "failed";
  /** What is wrong with it, for people; empty when it succeeded. */
  readonly problems: readonly string[];
  /** Until everything was restored; until all services were healthy on it: both from the start. */
  readonly restoredSeconds: number;
  readonly seconds: number;
  /** Services that started on the restored data. */
  readonly services: readonly string[];
}

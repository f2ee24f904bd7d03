import type { GitState } from "@understudy/core";
import type { Release } from "@understudy/environment";
import type { RemoteState } from "../points/remote.ts";
import type { ReceiptFlaw } from "./flaw.ts";
import type { Receipt } from "./receipt.ts";
import type { Shared } from "./shared.ts";

/** Everything that the gates of a promotion judge, looked up before: they look at nothing themselves. */
export interface GateFacts {
  /** ms since the epoch. */
  readonly now: number;
  readonly limits: AgeLimits;
  /** `gitState` of the installation's folder. */
  readonly git: GitState | undefined;
  readonly staging: StagingFacts;
  /** `readReceipt` for the release that staging's record names; undefined when it has no record. */
  readonly receipt: Receipt | ReceiptFlaw | undefined;
  /** Names of the workflow tests that would run on staging now. */
  readonly workflowTests: readonly string[];
  readonly production: ProductionFacts;
  /** `askRemote` of the installation's folder. */
  readonly remote: RemoteState | undefined;
  /** Whether to wait for who holds production's lock. */
  readonly wait: boolean;
  /** Other things that lie in the past when the clock is right: newest point, production's record. Instants in ISO 8601. */
  readonly past: readonly { readonly what: string; readonly at: string }[];
}

/** How old what proves a release may be, ms. */
export interface AgeLimits {
  readonly receipt: number;
  /** `--allow-stale` raises it. */
  readonly copy: number;
}

export interface StagingFacts {
  readonly environment: string;
  /** `recordedDeployment(staging)?.release`. */
  readonly release: Release | undefined;
  /** The live stack's fingerprint in the fact `applied`: as its last deploy left it. */
  readonly deployed: string | undefined;
  /** `fingerprint` of a snapshot taken now. */
  readonly running: string;
  /** Id of the image that each service's container runs, by service, of the same snapshot. */
  readonly images: Readonly<Record<string, string>>;
  /** `hashShared` of staging's desired stack, as the working tree has it now. */
  readonly shared: Shared;
  /** Id of the copy that it holds: the fact `copy`. */
  readonly copy: string | undefined;
}

export interface ProductionFacts {
  readonly environment: string;
  /** Whether there is any container of its stack. */
  readonly stands: boolean;
  /** `recordedDeployment(production)?.release`. */
  readonly release: Pick<Release, "id" | "commit"> | undefined;
  /** `hasCommit` of that release's commit, without `-dirty`. */
  readonly commitExists: boolean;
  /** `describeHolder` of its lock. */
  readonly lockedBy: string | undefined;
}

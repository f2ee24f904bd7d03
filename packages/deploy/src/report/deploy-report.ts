import type { ComposeModel } from "@understudy/compose";
import { table } from "@understudy/core";
import type { DesiredStack, Endpoint, ResolvedImages } from "@understudy/environment";
import type { DeployOutcome } from "../change-stack.ts";
import type { ChangeCounts } from "../engine/changes.ts";
import { planLine } from "../plan/describe.ts";
import type { DeployPlan } from "../plan/plan-deploy.ts";

/** One service as it is after a deploy. */
export interface ServiceReport {
  readonly name: string;
  readonly healthy: boolean;
  /** Absent when nothing publishes it. */
  readonly url?: string;
  readonly image: string;
}

/** What a deploy says with `--json`; documented in docs/cli-json.md. */
export interface DeployReport {
  readonly environment: string;
  readonly profile: "laptop" | "server";
  readonly changes: ChangeCounts;
  readonly services: readonly ServiceReport[];
  readonly release: string;
  readonly seconds: number;
}

/** @param services as they were seen at the end */
export function deployReport(
  { environment, profile }: DesiredStack,
  { counts }: DeployPlan,
  services: readonly ServiceReport[],
  release: string,
): DeployReport {
  // Since the process began: what the person waited.
  const seconds = Math.round(performance.now() / 100) / 10;
  return { environment: environment.name, profile: profile.profile, changes: counts, services, release, seconds };
}

/** The services of a stack that was seen healthy and answering. */
export function serviceReports(
  model: ComposeModel,
  reachable: readonly Endpoint[],
  images: ResolvedImages,
): ServiceReport[] {
  return Object.keys(model.services).map((name) => {
    const url = reachable.find(({ service }) => service === name)?.url;
    return { name, healthy: true, ...(url ? { url } : {}), image: images[name]?.reference ?? "" };
  });
}

/** What `--dry-run --json` says. */
export function planReport(plan: DeployPlan) {
  return { changes: plan.counts, plan: plan.items.map((item) => ({ ...item, text: planLine(item) })) };
}

/** What a person sees at the end. Secrets are shown on a terminal only: elsewhere output is kept. */
export function showOutcome({ report, newLogins }: DeployOutcome, terminal: boolean): string {
  if (!report) return "Dry run: nothing was changed.\n";
  const rows = report.services.map(({ name, healthy, url, image }) => [
    name,
    healthy ? "healthy" : "not healthy",
    url ?? "internal",
    image,
  ]);
  const logins = newLogins.map(
    ({ service, user, variable, secret }) =>
      `  ${service}: ${user}, ${terminal ? `${secret} (${variable})` : variable}\n`,
  );
  return [
    `${table(["service", "state", "address", "image"], rows)}\n`,
    ...(logins.length ? [`Logins, shown this once and kept in .env.${report.environment}:\n`, ...logins] : []),
    `${report.environment} is healthy: ${changesLine(report.changes)}, release ${report.release}, ${report.seconds} s\n`,
  ].join("");
}

/** `3 created, 1 replaced`, or `0 changes`. */
export function changesLine({ create, update, replace, delete: removed }: ChangeCounts): string {
  const parts = [
    [create, "created"],
    [update, "updated"],
    [replace, "replaced"],
    [removed, "removed"],
  ].flatMap(([count, word]) => (count ? [`${count} ${word}`] : []));
  return parts.join(", ") || "0 changes";
}

/** The labels that every container, network and volume of ours carries. */
export const label = {
  environment: "understudy.environment",
  service: "understudy.service",
  release: "understudy.release",
  /** The stack that it belongs to, `<project>-<environment>`: what tells two installations on one host apart. */
  stack: "understudy.stack",
} as const;

/** A Docker list filter for everything of one stack. */
export function ofStack(stackName: string): { label: string[] } {
  return { label: [`${label.stack}=${stackName}`] };
}

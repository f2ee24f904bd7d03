import * as pulumi from "@pulumi/pulumi";
import type { Service } from "@understudy/compose";

/** The services that must be there first; where health is asked for, after it was seen. */
export function dependencies(
  service: Service,
  declared: ReadonlyMap<string, pulumi.CustomResource>,
  awaitHealthy: (service: string, id: string) => Promise<void>,
): pulumi.Input<pulumi.Resource>[] {
  return Object.entries(service.dependsOn).flatMap(([name, { condition }]): pulumi.Input<pulumi.Resource>[] => {
    const resource = declared.get(name);
    if (!resource) return [];
    if (condition === "service_started" || pulumi.runtime.isDryRun()) return [resource];
    return [
      resource.id.apply(async (id) => {
        await awaitHealthy(name, id);
        return resource;
      }),
    ];
  });
}

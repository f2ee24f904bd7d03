/** Words for the properties of a swarm's service, by the beginning of their path; the first that fits counts. */
const names: readonly (readonly [path: string, words: string])[] = [
  ["taskSpec.containerSpec.image", "image"],
  ["taskSpec.containerSpec.healthcheck", "health check"],
  ["taskSpec.containerSpec.secrets", "configuration files"],
  ["taskSpec.containerSpec.configs", "configuration files"],
  ["taskSpec.containerSpec.mounts", "volumes"],
  ["taskSpec.containerSpec.args", "command"],
  ["taskSpec.containerSpec.commands", "entrypoint"],
  ["taskSpec.networksAdvanceds", "networks"],
  ["taskSpec.placement", "placement"],
  ["taskSpec.resources", "limits"],
  ["taskSpec.restartPolicy", "restart policy"],
  ["taskSpec.logDriver", "log options"],
  ["endpointSpec", "ports"],
  ["mode", "replicas"],
  ["updateConfig", "manner of its updates"],
  ["rollbackConfig", "manner of its updates"],
  ["labels", "labels"],
];

/** Why a service is changed, from the path of what differs: never its value. Pure. */
export function serviceReason(path: string): string {
  const variable = /^taskSpec\.containerSpec\.env\.?(?<name>\w*)/.exec(path)?.groups?.name;
  if (variable !== undefined) return variable ? `environment (${variable})` : "environment";
  return names.find(([beginning]) => path.startsWith(beginning))?.[1] ?? path.split(/[.[]/, 2).join(" ");
}

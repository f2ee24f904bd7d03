/** Names on the Docker host, as plain Docker Compose would give them for the project `<project>-<environment>`. */
export function containerName(stackName: string, service: string): string {
  return `${stackName}-${service}`;
}

export function networkName(stackName: string, network: string): string {
  return `${stackName}_${network}`;
}

export function volumeName(stackName: string, volume: string): string {
  return `${stackName}_${volume}`;
}

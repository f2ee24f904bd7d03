export const tagPattern = /^rollback-\d{8}-\d{6}$/;

/** `rollback-YYYYMMDD-HHMMSS`, UTC. */
export function tagName(at: Date): string {
  const [day = "", time = ""] = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `rollback-${day}-${time}`;
}

export const tagPattern = /^rollback-\d{8}-\d{6}$/;

/** `rollback-YYYYMMDD-HHMMSS`, UTC. */
export function tagName(at: Date): string {
  const [day = "", time = ""] = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `rollback-${day}-${time}`;
}

/** When a point of that name was made, to the second. */
export function tagTime(tag: string): Date {
  const [, year, month, day, hour, minute, second] =
    /^rollback-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(tag) ?? [];
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
}

/** `backup-20261121-170501`, UTC; in order of time. */
export function newBackupId(now = new Date()): string {
  return `backup-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}`;
}

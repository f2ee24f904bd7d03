/** A name as pg_dumpall writes it: `app`, `"Some app"`. */
const name = String.raw`(?<name>"(?:[^"]|"")+"|[^\s;"]+)`;
const ofRole = new RegExp(`^(?:CREATE|ALTER|COMMENT ON) ROLE ${name}`);
const ofMember = new RegExp(String.raw`^GRANT (?:"(?:[^"]|"")+"|[^\s;"]+) TO ${name}`);

/**
 * Of what `pg_dumpall --roles-only` wrote: the statements for roles that a server lacks. Those that it has stay as they are: their
 * passwords may be newer than the backup.
 */
export function missingRoles(dump: string, present: ReadonlySet<string>): string[] {
  return dump.split("\n").filter((line) => {
    const role = (ofRole.exec(line) ?? ofMember.exec(line))?.groups?.name;
    return role !== undefined && !present.has(unquoted(role));
  });
}

function unquoted(role: string): string {
  return role.startsWith('"') ? role.slice(1, -1).replaceAll('""', '"') : role;
}

/** Whether SQL text may name a column. Says yes too often rather than too seldom. */
export function mentions(sql: string, column: string): boolean {
  const escaped = RegExp.escape(column.replaceAll('"', '""'));
  // Quoted with escapes, a name may look like anything.
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped}(?![\\p{L}\\p{N}_$])|U&"`, "iu").test(sql);
}

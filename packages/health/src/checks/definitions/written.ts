/** A definition as somebody wrote it, not yet looked at. */
export interface Written {
  readonly value: unknown;
  /** Where a part of it stands, for people: `checks/web.yml:7`. */
  place(path: readonly PropertyKey[]): string;
}

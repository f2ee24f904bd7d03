export type Labels = Readonly<Record<string, string>>;

/** As the provider takes them, in one order. */
export function labelList(labels: Labels): { label: string; value: string }[] {
  return Object.entries(labels)
    .map(([label, value]) => ({ label, value }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

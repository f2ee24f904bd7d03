/** Without the keys whose value is undefined, which the engine would take for a value. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

export function orUndefined<T>(list: T[]): T[] | undefined {
  return list.length ? list : undefined;
}

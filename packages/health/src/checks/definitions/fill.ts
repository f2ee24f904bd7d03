type LookUp = (name: string, path: readonly string[]) => string | undefined;

/** Plain data with `${NAME}` replaced in every text of it; what `lookUp` knows nothing of stays. */
export function fill<Data>(data: Data, lookUp: LookUp, path: readonly string[] = []): Data {
  const filled = (): unknown => {
    if (typeof data === "string")
      return data.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (all, name) => lookUp(name, path) ?? all);
    if (Array.isArray(data)) return data.map((item, index) => fill(item, lookUp, [...path, String(index)]));
    if (!data || typeof data !== "object") return data;
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, fill(value, lookUp, [...path, key])]));
  };
  return filled() as Data;
}

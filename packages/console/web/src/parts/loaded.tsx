import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNote, Skeleton } from "./basics.tsx";

/** What a query found, or that it is under way, or why it failed. What was known stays when it is asked again, also in vain. */
export function Loaded<T>({
  query,
  children,
  lines,
  label,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  lines?: number;
  label?: string;
}) {
  const { data, error, refetch } = query;
  if (data === undefined && !error) return <Skeleton lines={lines ?? 4} label={label ?? "Loading"} />;
  return (
    <>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {data !== undefined && children(data)}
    </>
  );
}

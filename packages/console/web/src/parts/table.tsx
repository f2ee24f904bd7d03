import type { ReactNode } from "react";

/** A table. Where it does not fit it scrolls sideways, by keys, too. */
export function Table({ label, look = "", children }: { label: string; look?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className="table-wrap" aria-label={label} tabIndex={0}>
      <table className={`table ${look}`}>{children}</table>
    </section>
  );
}

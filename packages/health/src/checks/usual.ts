/** What default checks have unless they say otherwise. */
export const usual = { severity: "critical", timeout: 4_000, interval: undefined } as const;

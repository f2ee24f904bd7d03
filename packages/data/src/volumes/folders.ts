/** Where the containers of a copy have the volumes. */
export const folders = { source: "/source", live: "/live", incoming: "/incoming" } as const;

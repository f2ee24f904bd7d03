export { hasNewMigrations } from "./migrate/brought.ts";
export { migrateOnStart, type OnStartOptions } from "./migrate/on-start.ts";
export type { MigrateReport } from "./migrate/report.ts";
export { appliedSince, takeBackSince } from "./rollback/take-back.ts";

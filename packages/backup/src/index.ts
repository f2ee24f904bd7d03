export { type BackupRequest, backup, backupUnderLock, keepPresent } from "./backup.ts";
export { continueAll } from "./hold/continue-all.ts";
export { type ListedBackup, listBackups } from "./list-backups.ts";
export { readBackup, type StoredBackup } from "./read-backup.ts";
export type { BackupReport } from "./report/backup-report.ts";
export { refuseOtherKeys } from "./restore/refuse-other-keys.ts";
export { recoverRestore, type Swapping } from "./restore/restore-data.ts";
export { restoreUnderLock } from "./restore/restore-under-lock.ts";
export { type ChangedTable, writesSince } from "./restore/writes-since.ts";

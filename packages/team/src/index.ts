export { recoverImport, unfinishedImport } from "./import/import-record.ts";

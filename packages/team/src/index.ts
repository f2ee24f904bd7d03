export { recoverImport } from "./import/import-record.ts";

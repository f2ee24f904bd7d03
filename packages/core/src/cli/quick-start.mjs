// @ts-check
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Keep compiled and type-stripped code between runs: half of a verb's start. Every verb's script in package.json names
// this by --import, so that it runs before the verb itself is read; plain JavaScript, so that nothing has to be stripped.
// Not in the folder for temporary files, which others can write to.
enableCompileCache(join(import.meta.dirname, "../../../../node_modules/.cache/compiled"));

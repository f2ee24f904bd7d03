import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Keep compiled and type-stripped code between runs: half of a verb's start. A program imports this first, and the rest
// of itself by import(): what is imported statically is compiled before this line runs. Not in the folder for temporary
// files, which others can write to.
enableCompileCache(join(import.meta.dirname, "../../../../node_modules/.cache/compiled"));

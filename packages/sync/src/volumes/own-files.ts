import { fileMatcher } from "./file-rules.ts";

/** Files that hold what belongs to one environment alone, such as keys: never copied, staging keeps its own. By volume. */
const ownFiles: Readonly<Record<string, readonly string[]>> = {
  // The encryption key of stored credentials.
  "n8n-data": ["/config"],
  // The key that sessions are signed with, where none is set.
  "open-webui-data": ["/.webui_secret_key"],
  "letta-data": ["/config", "/credentials"],
};

/** Whether a file of a volume is each environment's own. */
export function ownFilesOf(volume: string): (path: string) => boolean {
  const matchers = (ownFiles[volume] ?? []).map(fileMatcher);
  return (path) => matchers.some((matches) => matches(path));
}

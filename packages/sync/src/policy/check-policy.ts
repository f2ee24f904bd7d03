import { parsePolicy } from "./file/parse-policy.ts";

/** Whether the text of a policy file is understood. @param shown names it in errors @throws UserError with line, field and reason */
export function checkPolicy(text: string, shown: string): void {
  parsePolicy(text, shown);
}

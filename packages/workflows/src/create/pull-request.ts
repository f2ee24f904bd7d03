import type { Content } from "../content/content.ts";
import { diffContent } from "../diff/diff.ts";
import { diffMarkdown } from "../diff/show.ts";
import type { Migration } from "../file/migration.ts";
import type { CreateReport } from "./report.ts";

/** Characters that GitHub takes for the text of a pull request. */
const longest = 60_000;

/**
 * The text of a pull request with what was changed in production, node by node. Pure.
 * @param before what a migration was made from, where a file says it
 */
export function pullRequestText(
  migrations: readonly Migration[],
  { environment, deleted }: CreateReport,
  before: (migration: Migration) => Content | undefined,
): { readonly title: string; readonly body: string } {
  const count = `${migrations.length} ${migrations.length === 1 ? "workflow" : "workflows"}`;
  const sections = migrations.map((migration) => {
    const { name, content, lastUpdated } = migration;
    const title = `${content.name} (saved ${lastUpdated.toISOString().slice(0, 16).replace("T", " ")} UTC)`;
    return `${diffMarkdown(title, diffContent(before(migration), content))}\n\n\`workflows/migrations/${name}\``;
  });
  const head = [
    `What was changed in the n8n of ${environment}: ${count}.`,
    [
      "Before it is merged:",
      "",
      "- [ ] nothing in it is secret, and no detail of a person is in it",
      "- [ ] each change is meant, and by whom is known",
      "- [ ] `pnpm n8n:validate` passes",
    ].join("\n"),
    ...(deleted.length
      ? [
          `Deleted there, and kept everywhere else: ${deleted.map(({ workflow }) => `\`${workflow.replaceAll("`", "'")}\``).join(", ")}.`,
        ]
      : []),
  ];
  return { title: `Sync ${count} from ${environment}`, body: `${cut([...head, ...sections]).join("\n\n")}\n` };
}

/** As many sections as there is room for. */
function cut(sections: readonly string[]): string[] {
  let length = 0;
  const kept = sections.filter((section) => {
    length += section.length + 2;
    return length < longest;
  });
  const left = sections.length - kept.length;
  return left ? [...kept, `${left} more: see the files, or \`pnpm n8n:diff\`.`] : kept;
}

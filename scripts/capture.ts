import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const columns = 92;
const cell = { width: 8.4, height: 18 };
const margin = 16;

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a terminal begins a colour
const colourCode = /(\u001b\[[\d;]*m)/;

/** By SGR code: reset and the foreground colours. */
const palette: Readonly<Record<number, string>> = {
  0: "#d7dae0",
  2: "#8b929e",
  31: "#e06c75",
  32: "#98c379",
  33: "#e5c07b",
  34: "#61afef",
  35: "#c678dd",
  36: "#56b6c2",
  39: "#d7dae0",
  90: "#8b929e",
};

/**
 * Run a command in a real terminal (tmux) and draw what it left on the screen as SVG.
 *
 *   node scripts/capture.ts docs/images/deploy.svg './understudy deploy:staging --env laptop'
 */
const [file, command] = process.argv.slice(2);
if (!file || !command) throw new Error("usage: node scripts/capture.ts <file.svg> <command>");
writeFileSync(file, drawScreen(await screenAfter(command)));

/** The screen's lines with their ANSI colours, once the command has ended. */
async function screenAfter(command: string): Promise<string[]> {
  const session = `capture-${process.pid}`;
  const tmux = (...args: string[]) => execFileSync("tmux", ["-L", session, ...args], { encoding: "utf8" });
  const script = `printf '\\033[32m$\\033[0m %s\\n' "$1"; sh -c "$1"; tmux -L ${session} wait-for -S ended; sleep 600`;
  tmux("new-session", "-d", "-x", String(columns), "-y", "60", "sh", "-c", script, "sh", command);
  try {
    tmux("wait-for", "ended");
    await sleep(300);
    return tmux("capture-pane", "-e", "-p").trimEnd().split("\n");
  } finally {
    tmux("kill-server");
  }
}

function drawScreen(lines: readonly string[]): string {
  const width = Math.round(columns * cell.width) + 2 * margin;
  const height = lines.length * cell.height + 2 * margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="#16181d"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">`,
    ...lines.flatMap((line, row) => drawLine(line, margin + (row + 0.75) * cell.height)),
    "</g></svg>\n",
  ].join("\n");
}

/** Each run of one colour is placed at its column, so that tables hold together in any font. */
function drawLine(line: string, y: number): string[] {
  let column = 0;
  let colour = palette[0] ?? "";
  return line.split(colourCode).flatMap((part) => {
    const codes = /\[([\d;]*)m$/.exec(part.startsWith("\u001b") ? part : "")?.[1];
    if (codes !== undefined) {
      for (const code of codes.split(";")) colour = palette[Number(code)] ?? colour;
      return [];
    }
    const x = margin + column * cell.width;
    const length = [...part].length;
    column += length;
    if (part.trim() === "") return [];
    const size = `textLength="${(length * cell.width).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
    return [`<text x="${x.toFixed(1)}" y="${y}" fill="${colour}" ${size}>${escapeText(part)}</text>`];
  });
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

import { withoutBytes } from "../../../src/stream/message-json.js";
import type { TurnRecord } from "../store/records.js";
import { textOfTurn } from "../store/shelf.js";
import { messagesOf } from "./history.js";

/** Gives the user the branch that is shown as a Markdown file. */
export function exportMarkdown(title: string, turns: readonly TurnRecord[]): void {
  const parts = turns.map((turn) => {
    const who = turn.kind === "user" ? "You" : turn.model;
    const files = turn.kind === "user" ? turn.files.map(({ name }) => `*Attached: ${name}*\n\n`).join("") : "";
    return `## ${who}\n\n${files}${textOfTurn(turn)}`;
  });
  give(`${fileName(title)}.md`, "text/markdown", `# ${title}\n\n${parts.join("\n\n")}\n`);
}

/** Gives the user the branch that is shown as the messages that models are sent. */
export function exportJson(title: string, turns: readonly TurnRecord[]): void {
  const messages = messagesOf(turns).map(withoutBytes);
  give(`${fileName(title)}.json`, "application/json", `${JSON.stringify({ title, messages }, null, 2)}\n`);
}

function fileName(title: string): string {
  return (
    title
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 60) || "chat"
  );
}

function give(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

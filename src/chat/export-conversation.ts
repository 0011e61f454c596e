import { invalid } from "../stream/error.js";
import type { StoredConversation } from "./conversation-store.js";
import { exportJson } from "./export-json.js";
import { exportMarkdown } from "./export-markdown.js";
import { exportText } from "./export-text.js";

/** Forms of an export: `json` keeps everything and can be imported, the others are for people. */
export type ExportFormat = "json" | "text" | "markdown";

/** All of them. */
export const EXPORT_FORMATS: readonly ExportFormat[] = ["json", "text", "markdown"];

/**
 * A conversation as text.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown format.
 */
export function exportConversation(conversation: StoredConversation, format: ExportFormat): string {
  switch (format) {
    case "json":
      return exportJson(conversation);
    case "text":
      return exportText(conversation);
    case "markdown":
      return exportMarkdown(conversation);
    default:
      format satisfies never;
      throw invalid("format", format, EXPORT_FORMATS.join(", "));
  }
}

import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonValue } from "../../base/json.js";
import { invalid } from "../../stream/error.js";
import { RunFolder } from "../files/run-folder.js";
import { anything, choice, flag, required, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { withTimes } from "./auto-times.js";
import type { StepType } from "./step-type.js";

const FORMATS = ["json", "text", "txt", "markdown", "md", "csv", "html", "yaml", "base64_image", "base64", "binary"];

/** Writes a file below the run's folder. */
export const fileOutput: StepType = {
  type: "file_output",
  aliases: ["save_file", "write_file"],
  about: "Writes a file below the run's folder.",
  config: {
    file_path: required(text("Where, relative to the run's folder.", { aliases: ["path", "filename", "output_path"] })),
    format: choice("Default: by the name's ending, else text.", FORMATS, { aliases: ["output_format"] }),
    create_dirs: flag("Whether folders that are missing are made. Default true."),
    append_timestamp: flag("Puts the time into the name. Default false."),
  },
  inputs: { content: required(anything("What is written.", { aliases: ["data", "text"] })) },
  results: {
    file_path: "Where it is, as an absolute path.",
    format: "As it was written.",
    file_size: "In bytes.",
    success: "true",
    content_written: "What was written; of bytes, how many there were.",
    timestamp: "When, as ISO 8601.",
  },
  main: "file_path",
  touches: ({ config, inputs }) => [
    { what: `file:${asText(inputs.file_path ?? config.file_path ?? null)}`, writes: true },
  ],
  async run(context) {
    const { config } = context;
    const now = new Date().toISOString();
    const path = named(asText(context.need("file_path")), config.append_timestamp === true, now);
    const format = typeof config.format === "string" ? config.format : formatOf(path);
    const content = withTimes(context.field("content") ?? context.need("content"), now);
    const data = written(content, format);
    const where = await new RunFolder(context.services).write(path, data, config.create_dirs !== false);
    const bytes = typeof data === "string" ? new TextEncoder().encode(data).length : data.length;
    return {
      file_path: where,
      format,
      file_size: bytes,
      success: true,
      content_written: typeof data === "string" ? data : `${bytes} bytes`,
      timestamp: now,
    };
  },
};

function named(path: string, withTime: boolean, now: string): string {
  if (!withTime) return path;
  const stamp = now.replace(/[-:]/g, "").replace("T", "_").slice(0, 15);
  return path.replace(/(\.[^./\\]+)?$/, (ending) => `_${stamp}${ending}`);
}

function formatOf(path: string): string {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "text";
  return FORMATS.includes(ending) ? ending : "text";
}

function written(content: JsonValue, format: string): string | Uint8Array {
  switch (format) {
    case "json":
      return `${JSON.stringify(content, undefined, 2)}\n`;
    case "csv":
      return csv(content);
    case "markdown":
    case "md":
      return markdown(content);
    case "base64_image":
    case "base64":
    case "binary":
      return bytes(content);
    default:
      return asText(content);
  }
}

/** Base64, a data URL, or the first text of that kind inside a tool's result. */
function bytes(content: JsonValue): Uint8Array {
  const text = base64In(content);
  const data = text === undefined ? undefined : decodeBase64(text.replace(/^data:[^,]*,/, "").replace(/\s/g, ""));
  if (data === undefined || data.length === 0) throw invalid("inputs.content", content, "base64, or a data URL");
  return data;
}

function base64In(content: JsonValue): string | undefined {
  if (typeof content === "string")
    return /^(?:data:[^,]*;base64,)?[A-Za-z0-9+/=_\s-]+$/.test(content) ? content : undefined;
  if (typeof content !== "object" || content === null) return undefined;
  for (const value of Object.values(content)) {
    const found = base64In(value);
    if (found !== undefined && found.length > 20) return found;
  }
  return undefined;
}

function markdown(content: JsonValue): string {
  if (!isJsonObject(content)) return asText(content);
  return Object.entries(content)
    .map(([name, value]) => `## ${name}\n\n${asText(value)}\n`)
    .join("\n");
}

/** Rows of objects have a head line; RFC 4180. */
function csv(content: JsonValue): string {
  const rows = Array.isArray(content) ? content : [content];
  const names = [...new Set(rows.flatMap((row) => (isJsonObject(row) ? Object.keys(row) : [])))];
  const lines = names.length > 0 ? [names.map(cell).join(",")] : [];
  for (const row of rows) {
    const cells = isJsonObject(row) ? names.map((name) => row[name] ?? null) : Array.isArray(row) ? row : [row];
    lines.push(cells.map(cell).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function cell(value: JsonValue): string {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : asText(value);
  // A cell that a spreadsheet would run as a formula is text.
  const safe = typeof value === "string" && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

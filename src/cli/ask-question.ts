import { createInterface } from "node:readline/promises";
import { isJsonObject, type JsonValue, parseJson } from "../base/json.js";
import { messageOf } from "../stream/error.js";
import type { OpenQuestion } from "../workflows/engines/engine.js";
import { fittingAnswer } from "../workflows/resume-run.js";
import { type Io, shown } from "./io.js";

/** Asks the person at the terminal, until the answer fits the question. */
export async function askQuestion(question: OpenQuestion, io: Io, signal: AbortSignal): Promise<JsonValue> {
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  try {
    io.stderr.write(describe(question, io));
    for (;;) {
      const text = await terminal.question("› ", { signal });
      try {
        return fittingAnswer(question, typed(text));
      } catch (thrown) {
        io.stderr.write(`${messageOf(thrown)}\n`);
      }
    }
  } finally {
    terminal.close();
  }
}

/** What is asked, what belongs to it, and what can be answered. */
export function describe({ message, shown: context, schema }: OpenQuestion, io: Io): string {
  const lines = [`\n? ${shown(message, io.stderr)}`];
  for (const [name, value] of Object.entries(context ?? {})) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    lines.push(`  ${name}: ${shown(text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text, io.stderr)}`);
  }
  const options = optionsOf(schema);
  if (options.length > 0) lines.push(`  ${options.join(" | ")}`);
  return `${lines.join("\n")}\n`;
}

function optionsOf(schema: OpenQuestion["schema"]): string[] {
  const decision = isJsonObject(schema.properties) ? schema.properties.decision : undefined;
  const words = isJsonObject(decision) ? decision.enum : schema.enum;
  return Array.isArray(words) ? words.map(String) : [];
}

/** JSON objects and lists are read as such; everything else is a text. */
function typed(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

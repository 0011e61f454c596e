import { isJsonObject, type JsonObject } from "../../../src/base/json.js";
import type { DataEvent, StartEvent } from "../../../src/stream/chat-event.js";

/** What a `data` event says to people; `undefined` where it says nothing to them. */
export function noteOf({ name, value }: DataEvent): { tone: "info" | "warning"; text: string } | undefined {
  if (!isJsonObject(value)) return undefined;
  switch (name) {
    case "fallback/model":
      return {
        tone: "info",
        text: `${word(value, "to")} answers in place of ${word(value, "from")}: ${word(value, "message")}`,
      };
    case "guard/verdict":
      return {
        tone: "warning",
        text: `Guard ${word(value, "guard")}: ${word(value, "reason") || word(value, "action")}`,
      };
    case "guard/budget":
      return { tone: "warning", text: `The budget is spent (${word(value, "limit")}: ${word(value, "allowed")}).` };
    case "chat/window":
      return { tone: "info", text: "Older messages were left out, or summed up, to fit the model." };
    default:
      return undefined;
  }
}

/** What was not sent as it was asked. */
export function warningsOf({ warnings = [], simulated }: StartEvent): string[] {
  const notes = warnings.map(({ field, message }) => `${field}: ${message}`);
  return simulated ? [...notes, "This answer was not streamed: the model cannot."] : notes;
}

function word(value: JsonObject, field: string): string {
  const found = value[field];
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}

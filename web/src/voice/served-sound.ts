import { signal } from "@preact/signals";
import { isJsonObject, type JsonValue } from "../../../src/base/json.js";
import { askJson } from "../api/server.js";

/** The server's voices, and who writes down what is said, by their names. */
export interface ServedSound {
  readonly voices: readonly string[];
  readonly transcribers: readonly string[];
}

/** What the server has; nothing until it is known. */
export const servedSound = signal<ServedSound>({ voices: [], transcribers: [] });

/** Asks for it. A server without sound has no such path: the page then offers none. */
export async function loadServedSound(): Promise<void> {
  try {
    const body = await askJson("v1/audio/voices");
    if (!isJsonObject(body)) return;
    servedSound.value = { voices: namesIn(body.voices), transcribers: namesIn(body.transcribers) };
  } catch {
    servedSound.value = { voices: [], transcribers: [] };
  }
}

function namesIn(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

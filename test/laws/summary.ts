import { parseToolInput } from "../../src/dialects/tool-input.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";
import type { AssistantPart } from "../../src/stream/message.js";
import { Transcript } from "../../src/stream/transcript.js";
import type { Usage } from "../../src/stream/usage.js";

/** What a stream says, whatever the grouping of its deltas. */
export interface Summary {
  start: { id: string; model: string } | undefined;
  parts: AssistantPart[];
  /** The streamed arguments of each call, joined, parsed where they are JSON. */
  toolInputs: Record<string, unknown>;
  reason: FinishReason | undefined;
  usage: Usage;
}

/** Events with their grouping taken out, for comparing two streams. */
export function summarise(events: readonly ChatEvent[]): Summary {
  const transcript = new Transcript(true);
  let inputs: Record<string, string> = {};
  /** What a `retract` goes back to. */
  let kept = inputs;
  let start: Summary["start"];
  for (const event of events) {
    transcript.push(event);
    if (event.type === "start") start = { id: event.id, model: event.model };
    if (event.type === "start" || event.type === "step-start") kept = { ...inputs };
    if (event.type === "retract") inputs = { ...kept };
    if (event.type === "tool-input-delta") inputs[event.callId] = (inputs[event.callId] ?? "") + event.delta;
  }
  const { raw: _, ...usage } = transcript.usage;
  return {
    start,
    parts: transcript.message.content as AssistantPart[],
    toolInputs: Object.fromEntries(Object.entries(inputs).map(([id, text]) => [id, parseToolInput(text).input])),
    reason: transcript.finishReason,
    usage,
  };
}

/** The joined text of events, retractions applied. */
export function textOfEvents(events: readonly ChatEvent[]): string {
  const transcript = new Transcript(true);
  for (const event of events) transcript.push(event);
  return transcript.text;
}

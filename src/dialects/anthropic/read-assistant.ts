import { isJsonObject } from "../../base/json.js";
import { providerData } from "../../stream/data-name.js";
import type { AssistantPart } from "../../stream/message.js";
import type { Opaque } from "../../stream/opaque.js";
import { addTextState, readCarried } from "../carried.js";
import { readInput } from "../tool-input.js";
import type { WireObject } from "../wire-object.js";
import { readCache } from "./cache-control.js";
import { readCitation } from "./citations.js";
import { ownOpaque } from "./opaque.js";
import type { AnswerState } from "./open-block.js";
import { readText } from "./read-text.js";
import { callOpaque, isForeign, isServerResult, readServerResult } from "./tool-blocks.js";

/** The model's message of an earlier turn, as its client brings it back. */
export function readAssistant(blocks: readonly WireObject[], answer: AnswerState): AssistantPart[] {
  const parts: AssistantPart[] = [];
  for (const block of blocks) addBlock(parts, block, answer);
  return parts;
}

function addBlock(parts: AssistantPart[], block: WireObject, answer: AnswerState): void {
  switch (block.requiredString("type")) {
    case "text":
      // Another model's sources may stand in a block without text.
      if (block.requiredString("text") !== "") parts.push(readText(block));
      for (const citation of block.array("citations") ?? []) {
        const { length } = block.requiredString("text");
        if (isJsonObject(citation)) parts.push({ type: "source", source: readCitation(citation, length) });
      }
      return;
    case "thinking":
      parts.push({ type: "reasoning", text: block.requiredString("thinking"), ...readSignature(block) });
      return;
    case "redacted_thinking":
      addRedacted(parts, block, answer);
      return;
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      parts.push(readCall(block, answer));
      return;
    default:
      if (isServerResult(block.value)) {
        const { preliminary: _, ...part } = readServerResult(block.value, answer);
        parts.push({ ...part, ...readCache(block) });
      } else {
        // With its breakpoint for the cache, which this kind of part has no place for.
        parts.push({
          type: "opaque",
          name: providerData(block.requiredString("type")),
          opaque: ownOpaque(block.value),
        });
      }
  }
}

/** A thinking block without a signature is that of a model which gave none. */
function readSignature(block: WireObject): { opaque?: Opaque } {
  const signature = block.string("signature") ?? "";
  if (signature === "") return {};
  const carried = readCarried(signature);
  return { opaque: carried?.kind === "reasoning" ? carried.opaque : ownOpaque({ type: "thinking", signature }) };
}

function addRedacted(parts: AssistantPart[], block: WireObject, answer: AnswerState): void {
  const carried = readCarried(block.requiredString("data"));
  switch (carried?.kind) {
    case "text":
      addTextState(parts, carried);
      return;
    case "tool-call": {
      const { callId, opaque } = carried;
      const known = parts.find((part) => part.type === "tool-call" && part.callId === callId);
      if (known?.type === "tool-call") known.opaque = opaque;
      else answer.carried.push(carried);
      return;
    }
    case "tool-result":
      answer.carried.push(carried);
      return;
    case "data":
      parts.push({ type: "opaque", name: carried.name, opaque: carried.opaque });
      return;
    case "reasoning":
      parts.push({ type: "reasoning", text: "", opaque: carried.opaque });
      return;
    default:
      parts.push({ type: "reasoning", text: "", opaque: ownOpaque(block.value) });
  }
}

function readCall(block: WireObject, answer: AnswerState): AssistantPart {
  const callId = block.requiredString("id");
  const name = block.requiredString("name");
  answer.names.set(callId, name);
  if (isForeign(block.value)) answer.foreign.add(callId);
  const opaque = answer.carried.ofCall(callId) ?? callOpaque(block.value);
  return {
    type: "tool-call",
    callId,
    name,
    ...readInput(block.any("input")),
    ...(block.any("type") !== "tool_use" && { providerExecuted: true }),
    ...(opaque !== undefined && { opaque }),
    ...readCache(block),
  };
}

import type { ChatEvent } from "../../stream/chat-event.js";
import type { AssistantPart, ChatMessage, TextPart, ToolResultPart } from "../../stream/message.js";
import { addTextState, type Carried, CarriedStates, readCarried } from "../carried.js";
import { badRequest, type WireObject, type WireTypes } from "../wire-object.js";
import { readAnnotation } from "./annotations.js";
import { readBreakpoint } from "./cache-breakpoint.js";
import { declaredCustomTools } from "./custom-tools.js";
import { callEvent, callOf, isCall, isSealed, otherItemEvents, resultEvents } from "./items.js";
import { isInvented, ownData, ownOpaque } from "./opaque.js";
import { readUserPart } from "./read-user-part.js";
import { readToolOutput } from "./tool-output.js";

const ROLES = ["system", "developer", "user", "assistant"] as const;
const TEXTS = ["input_text", "output_text", "text", "refusal"] as const;
/** Items that say what a tool of the client's returned. */
const RESULTS = [
  "function_call_output",
  "custom_tool_call_output",
  "local_shell_call_output",
  "apply_patch_call_output",
  "computer_call_output",
  "mcp_approval_response",
];

/** Types of the fields of calls, by the items' types; calls of other tools have inputs of their own kinds. */
const CALLS: Readonly<Record<string, WireTypes>> = {
  function_call: { call_id: "string", name: "string", arguments: "string" },
  custom_tool_call: { call_id: "string", name: "string", input: "string" },
};

/** The messages of a client's request: a text, or a list of items of which those of the model are one message. */
export function readInput(body: WireObject): ChatMessage[] {
  const instructions = body.string("instructions");
  const head: ChatMessage[] = instructions === undefined ? [] : [{ role: "system", content: instructions }];
  const input = body.any("input");
  if (typeof input === "string") return [...head, { role: "user", content: input }];
  const items = body.objects("input");
  if (items === undefined || items.length === 0) {
    throw badRequest("input", input, "a string, or an array of at least one item");
  }
  const history = new History(head, declaredCustomTools(body.any("tools")));
  for (const item of items) history.add(item);
  return history.messages;
}

/** Gathers items into messages. */
class History {
  readonly messages: ChatMessage[];
  readonly #customTools: ReadonlySet<string> | undefined;
  /** Names of the tools that were called, and which of these calls the client answers, by call id. */
  readonly #names = new Map<string, string>();
  readonly #clientCalls = new Set<string>();
  /** Whether reasoning came that only its provider knows: then what follows it is known by its id as well. */
  #keepIds = false;
  /** Where in its message a call stands whose item comes later. */
  readonly #places = new Map<string, number>();
  /** State of calls and results that is known before them. */
  readonly #carried = new CarriedStates();

  /** @param customTools names of the custom tools that the client runs, where they are known. */
  constructor(head: readonly ChatMessage[], customTools: ReadonlySet<string> | undefined) {
    this.messages = [...head];
    this.#customTools = customTools;
  }

  add(item: WireObject): void {
    const type = item.string("type") ?? "message";
    if (type === "message") this.#message(item);
    else if (type === "reasoning") this.#reasoning(item);
    else if (type === "item_reference") {
      throw badRequest(
        item.field("type"),
        type,
        "items themselves, as clients send them with `store: false`: nothing is kept here that could be referred to",
      );
    } else if (RESULTS.includes(type) || this.#answersClient(item)) this.#result(item);
    else if (isCall(item.value)) {
      item.check(CALLS[type] ?? {});
      this.#call(item);
    } else this.#addParts(partsOf(otherItemEvents(item.value, this.#names)));
    if (type === "mcp_approval_request") this.#clientCalls.add(callOf(item.value).callId);
  }

  #message(item: WireObject): void {
    const role = item.oneOf("role", ROLES);
    switch (role) {
      case "system":
      case "developer":
        this.messages.push({ role: "system", content: readTexts(item) });
        return;
      case "user": {
        const content = item.any("content");
        const spoken = typeof content === "string" ? content : parts(item).map(readUserPart);
        this.messages.push({ role: "user", content: spoken });
        return;
      }
      case "assistant":
        this.#assistant(item);
        return;
      case undefined:
        throw badRequest(item.field("role"), undefined, ROLES.join(", "));
      default:
        role satisfies never;
    }
  }

  #assistant(item: WireObject): void {
    const content = item.any("content");
    const phase = item.string("phase");
    const id = item.string("id");
    const previous = this.messages.at(-1);
    const first = previous?.role !== "assistant";
    if (typeof content === "string" && first && phase === undefined) {
      this.messages.push({ role: "assistant", content });
      return;
    }
    const named = this.#keepIds && id !== undefined && !isInvented(id);
    if (named || phase !== undefined) {
      const data = { type: "message", ...(named && { id }), ...(phase !== undefined && { phase }) };
      this.#addParts([{ type: "text", text: "", opaque: ownOpaque(data) }]);
    }
    this.#addParts(
      typeof content === "string" ? [{ type: "text", text: content }] : parts(item).flatMap(readAssistantPart),
    );
  }

  #reasoning(item: WireObject): void {
    const encrypted = item.string("encrypted_content");
    const carried = encrypted === undefined ? undefined : readCarried(encrypted);
    const texts = [...(item.objects("summary") ?? []), ...(item.objects("content") ?? [])];
    const written = texts.map((part): AssistantPart => ({ type: "reasoning", text: part.requiredString("text") }));
    if (carried !== undefined && carried.kind !== "reasoning") {
      this.#take(carried);
      return;
    }
    const opaque = carried?.opaque ?? (isInvented(item.any("id")) ? undefined : ownOpaque(item.value));
    // An item of the provider's own may stand in the one that the client brings back.
    const own = carried === undefined ? item.value : ownData(carried.opaque);
    if (own !== undefined && !isSealed(own)) this.#keepIds = true;
    const last = written.pop() ?? { type: "reasoning", text: "" };
    this.#addParts([...written, last.type === "reasoning" && opaque !== undefined ? { ...last, opaque } : last]);
  }

  /** State that stands in an item of its own beside the part that it belongs to. */
  #take(carried: Exclude<Carried, { kind: "reasoning" }>): void {
    switch (carried.kind) {
      case "text":
        this.#addParts([]);
        addTextState(this.#answer, carried);
        return;
      case "tool-call": {
        const { callId, opaque } = carried;
        const known = this.#answer.find((part) => part.type === "tool-call" && part.callId === callId);
        if (known?.type === "tool-call") {
          known.opaque = opaque;
          return;
        }
        this.#addParts([]);
        this.#carried.push(carried);
        this.#places.set(callId, this.#answer.length);
        return;
      }
      case "tool-result":
        this.#carried.push(carried);
        return;
      case "data":
        this.#addParts([{ type: "opaque", name: carried.name, opaque: carried.opaque }]);
        return;
      case "source":
        this.#addParts([{ type: "source", source: carried.source }]);
        return;
      default:
        carried satisfies never;
    }
  }

  #call(item: WireObject): void {
    const call = callOf(item.value, this.#customTools);
    this.#names.set(call.callId, call.name);
    if (call.providerExecuted === undefined) this.#clientCalls.add(call.callId);
    const image = item.value.type === "image_generation_call" && isInvented(item.value.id);
    const results = call.providerExecuted ? resultEvents(call, item.value) : [];
    if (image) {
      this.#addParts(partsOf(results.filter((event) => event.type === "file")));
      return;
    }
    const named = this.#keepIds && !isInvented(item.value.id);
    const parts = partsOf([callEvent(call, item.value, named), ...results]).map((part) => this.#carried.on(part));
    const place = this.#places.get(call.callId);
    if (place === undefined) this.#addParts(parts);
    else {
      // Its item came with the result: other calls may stand between the two.
      this.#answer.splice(place, 0, ...parts.slice(0, 1));
      this.#addParts(parts.slice(1));
    }
  }

  /** Whether an output that the provider also gives is the client's, since the client was asked. */
  #answersClient(item: WireObject): boolean {
    const callId = item.string("call_id");
    return item.requiredString("type").endsWith("_output") && callId !== undefined && this.#clientCalls.has(callId);
  }

  #result(item: WireObject): void {
    const type = item.requiredString("type");
    const plain = type === "function_call_output" || type === "custom_tool_call_output";
    const key = type === "mcp_approval_response" ? "approval_request_id" : item.has("call_id") ? "call_id" : "id";
    const callId = item.requiredString(key);
    const name = this.#names.get(callId) ?? type.replace(/(_call)?_(output|response)$/, "");
    if (plain) item.check({ output: ["string", "objects"] });
    const output = plain || item.has("output") ? readToolOutput(item.any("output")) : item.value;
    const state = plain ? undefined : ownOpaque(item.value);
    const result: ToolResultPart = { type: "tool-result", callId, name, output, ...(state && { opaque: state }) };
    const last = this.messages.at(-1);
    if (last?.role === "tool") last.content.push(result);
    else this.messages.push({ role: "tool", content: [result] });
  }

  #addParts(written: readonly AssistantPart[]): void {
    this.#unfold();
    const last = this.messages.at(-1);
    if (last?.role === "assistant" && typeof last.content !== "string") last.content.push(...written);
    else this.messages.push({ role: "assistant", content: [...written] });
  }

  /** The model's last message, if nothing follows it. */
  get #answer(): AssistantPart[] {
    const last = this.messages.at(-1);
    return last?.role === "assistant" && typeof last.content !== "string" ? last.content : [];
  }

  /** An assistant's message that is a plain text, as a list to which more can be added. */
  #unfold(): void {
    const last = this.messages.at(-1);
    if (last?.role !== "assistant" || typeof last.content !== "string") return;
    this.messages.pop();
    this.messages.push({ role: "assistant", content: [{ type: "text", text: last.content }] });
  }
}

function readTexts(item: WireObject): string | TextPart[] {
  const content = item.any("content");
  if (typeof content === "string") return content;
  return parts(item).map((part) => {
    part.oneOf("type", TEXTS);
    return readBreakpoint(part, { type: "text", text: part.requiredString("text") });
  });
}

/** A text of the model with what it cites. */
function readAssistantPart(part: WireObject): AssistantPart[] {
  if (part.oneOf("type", TEXTS) === "refusal") {
    return [{ type: "text", text: part.requiredString("refusal"), refusal: true }];
  }
  const sources = (part.array("annotations") ?? []).map(readAnnotation);
  const text = part.requiredString("text");
  return [
    ...(text === "" ? [] : [{ type: "text" as const, text }]),
    ...sources.flatMap((source): AssistantPart[] => (source === undefined ? [] : [{ type: "source", source }])),
  ];
}

/** What an item says, as parts of a message. */
function partsOf(events: readonly ChatEvent[]): AssistantPart[] {
  return events.flatMap((event): AssistantPart[] => {
    switch (event.type) {
      case "tool-call":
      case "input-request":
      case "file":
        return [event];
      case "tool-result": {
        const { preliminary: _, ...part } = event;
        return [part];
      }
      case "data":
        return event.opaque === undefined ? [] : [{ type: "opaque", name: event.name, opaque: event.opaque }];
      default:
        return [];
    }
  });
}

function parts(item: WireObject): WireObject[] {
  const list = item.objects("content");
  if (list === undefined) throw badRequest(item.field("content"), undefined, "a string or an array of parts");
  return list;
}

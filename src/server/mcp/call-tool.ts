import type {
  CallToolRequest,
  CallToolResult,
  ContentBlock,
  ServerNotification,
} from "@modelcontextprotocol/sdk/types.js";
import { encodeBase64 } from "../../base/base64.js";
import { WholeAnswer } from "../../dialects/whole-answer.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { type AssistantMessage, textOf } from "../../stream/message.js";
import type { ServerCall } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { startServed } from "../start-served.js";
import type { McpTool } from "./mcp-tools.js";

/** One call of a tool. */
export interface ToolCalled {
  tools: ReadonlyMap<string, McpTool>;
  params: CallToolRequest["params"];
  extra: { signal: AbortSignal; sendNotification(notification: ServerNotification): Promise<void> };
}

/** Runs what is called, and tells its text as progress to those who asked for that. What fails is a result, for the model. */
export async function callTool(
  core: ServerCore,
  call: ServerCall,
  { tools, params, extra }: ToolCalled,
): Promise<CallToolResult> {
  const called = tools.get(params.name);
  if (called === undefined) return failed(`there is no tool ${params.name}`);
  const { served, inputs } = called;
  const { arguments: given = {}, _meta: meta } = params;
  const { message } = given;
  if (!inputs && typeof message !== "string") return failed("message: a text is needed");
  const messages: ChatMessage[] = [{ role: "user", content: inputs ? JSON.stringify(given) : String(message) }];
  const progress = progressOf(meta?.progressToken, extra);
  try {
    const run = await startServed(core, call, {
      model: served.name,
      protocol: "mcp",
      request: { messages },
      stream: (context) => served.model.stream({ messages }, { context, retain: false }),
    });
    const reader = run.read();
    extra.signal.addEventListener("abort", () => reader.cancel(), { once: true });
    const whole = new WholeAnswer();
    for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
      if ("error" in entry) throw entry.error;
      for (const event of entry.events) {
        whole.push(event);
        if (event.type === "text-delta") await progress(event.text);
      }
    }
    if (whole.answer === undefined) throw new SluiceError("cancelled", "the client left");
    const { message, reason } = whole.answer;
    return reason === "input-required" ? failed(question(message)) : { content: contentOf(message) };
  } catch (thrown) {
    return failed(messageOf(thrown));
  }
}

function failed(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

/** Progress grows with each notification: it counts characters. */
function progressOf(progressToken: string | number | undefined, { sendNotification }: ToolCalled["extra"]) {
  if (progressToken === undefined) return async () => {};
  let progress = 0;
  return (message: string) => {
    progress += message.length;
    return sendNotification({ method: "notifications/progress", params: { progressToken, progress, message } });
  };
}

/** No session is kept in which somebody could be asked: the model that called hears what is missing. */
function question(message: AssistantMessage): string {
  const parts = typeof message.content === "string" ? [] : message.content;
  const asked = parts.flatMap((part) => {
    if (part.type !== "input-request") return [];
    return [part.kind === "question" ? part.message : `${part.name} waits for approval`];
  });
  return `input is required, which cannot be given here: ${asked.join("; ")}`;
}

function contentOf(message: AssistantMessage): ContentBlock[] {
  const text = textOf(message);
  const parts = typeof message.content === "string" ? [] : message.content;
  const files = parts.flatMap((part): ContentBlock[] => {
    if (part.type !== "file" || !(part.data instanceof Uint8Array)) return [];
    const { mediaType: mimeType } = part;
    const data = encodeBase64(part.data);
    if (mimeType.startsWith("image/")) return [{ type: "image", data, mimeType }];
    return mimeType.startsWith("audio/") ? [{ type: "audio", data, mimeType }] : [];
  });
  return [{ type: "text", text }, ...files];
}

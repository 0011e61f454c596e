import { readProtoJson } from "../../src/dapr/converse/proto-json.js";
import { readAlpha2Request } from "../../src/dapr/converse/read-alpha2-request.js";
import { ConversationRequestAlpha2Schema } from "../../src/dapr/proto/generated/dapr/proto/runtime/v1/ai_pb.js";

export const known = (name: string) => name === "llm";

/** A request of Alpha2, as it is read. */
export const alpha2 = (body: object) =>
  readAlpha2Request(readProtoJson(ConversationRequestAlpha2Schema, JSON.stringify({ name: "llm", ...body })), known);
export const hello = { messages: [{ ofUser: { content: [{ text: "hi" }] } }] };
export const tool = { function: { name: "weather", parameters: { type: "object" } } };

import type { AiSdkGenerated } from "./language-model.js";

/** A whole answer as the stream that would have emitted it. */
export function generatedParts(answer: AiSdkGenerated): ReadableStream<object> {
  const { content, structuredOutputText, finishReason, usage, providerMetadata, response, warnings } = answer;
  const parts: object[] = [
    { type: "stream-start", warnings },
    ...(response === undefined ? [] : [{ ...response, type: "response-metadata" }]),
    ...content.flatMap(contentParts),
    // No event tells an answer's texts apart: they are emitted as they came.
    ...(structuredOutputText === undefined ? [] : [{ type: "raw", rawValue: { structuredOutputText } }]),
    { type: "finish", finishReason, usage, ...(providerMetadata !== undefined && { providerMetadata }) },
  ];
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

/** Texts and reasoning have a start and an end in a stream; anything else is one part there too. */
function contentParts(content: object, index: number): object[] {
  const type: unknown = Reflect.get(content, "type");
  if (type !== "text" && type !== "reasoning") return [content];
  const id = String(index);
  const { text, ...rest } = { text: "", providerMetadata: undefined, ...content };
  const { providerMetadata } = rest;
  return [
    { type: `${type}-start`, id, providerMetadata },
    { type: `${type}-delta`, id, delta: text },
    { ...rest, type: `${type}-end`, id },
  ];
}

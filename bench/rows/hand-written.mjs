// The loop that a good engineer writes by hand: `fetch`, split lines, `JSON.parse`.
import { POST } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  return async (onPiece) => {
    const response = await fetch(`${baseUrl}/chat/completions`, POST);
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    let outputTokens;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return outputTokens;
      const received = rest + decoder.decode(value, { stream: true });
      let start = 0;
      for (let end = received.indexOf("\n"); end !== -1; end = received.indexOf("\n", start)) {
        const line = received.slice(start, end);
        start = end + 1;
        if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
        const chunk = JSON.parse(line.slice(6));
        if (chunk.usage) outputTokens = chunk.usage.completion_tokens;
        const text = chunk.choices[0]?.delta.content;
        if (text) {
          const pause = onPiece(text);
          if (pause) await pause;
        }
      }
      rest = received.slice(start);
    }
  };
}

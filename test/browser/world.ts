import { splitTokens } from "../../src/base/token-estimate.js";
import { defineModel } from "../../src/models/define-model.js";
import { echo } from "../../src/models/echo.js";
import type { ServerOptions } from "../../src/server/server-options.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";

/** Markdown with everything in it. */
export const EVERYTHING = `A **sluice** is a gate that lets a stream through at the pace the other side can take. Three things follow:

1. *Backpressure* travels upstream, down to the socket.
2. Memory stays flat, however long the stream is.
3. Leaving closes the connection at once: \`cancel()\`, \`break\`, a dropped client.

## In code

\`\`\`ts
import { stream } from "sluice";

// Each token arrives once, in order.
for await (const text of stream("ollama/llama3.2", "Why is the sky blue?").text) {
  process.stdout.write(text);
}
\`\`\`

## In figures

| Client | CPU per token | First token |
|---|--:|--:|
| Sluice | 0.37× | 0.43× |
| openai | 3.4× | 2.8× |
| AI SDK | 31× | 8.7× |

The share of time is $r = \\frac{t_{\\text{token}}}{t_{\\text{fetch}}}$, and over all tokens

$$\\bar r = \\frac{1}{n} \\sum_{i=1}^{n} r_i$$

> What cannot be measured is not claimed.

- [x] Tables, formulas, code
- [ ] A [link](https://example.com) to read on

---

That is all.`;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Models, an agent and a workflow as people meet them, which need no service. */
export function agentWorld(): ServerOptions {
  const writer = defineModel({
    id: "openai/gpt-5-mini",
    async *stream() {
      for (const text of splitTokens(
        "The user wants to see the whole of Markdown. I will show each kind once, and keep it short.",
      )) {
        yield { type: "reasoning-delta", text };
        await wait(4);
      }
      const tokens = splitTokens(EVERYTHING);
      for (const text of tokens) {
        yield { type: "text-delta", text } satisfies ChatEvent;
        await wait(5);
      }
      yield {
        type: "source",
        source: { kind: "url", url: "https://spec.commonmark.org/0.31.2/", title: "CommonMark" },
      };
      yield {
        type: "source",
        source: { kind: "url", url: "https://github.github.com/gfm/", title: "GitHub Flavored Markdown" },
      };
      yield { type: "usage", usage: { inputTokens: 42, outputTokens: tokens.length } };
    },
  });
  return { models: { "gpt-5-mini": writer, echo: echo() } };
}

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

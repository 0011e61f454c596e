export const contentType = "application/x-ndjson";

const MODEL = "llama3.2";

/** A chat answer, as Ollama streams it: a line a token, each with its time. @type {import("../answer.mjs").Frames} */
export function frames(tokens) {
  const end = {
    ...line("", tokens.length),
    done_reason: "stop",
    done: true,
    total_duration: 4_935_886_791,
    load_duration: 534_986_708,
    prompt_eval_count: 12,
    prompt_eval_duration: 107_345_000,
    eval_count: tokens.length,
    eval_duration: 4_289_432_000,
  };
  return {
    beginning: [],
    tokens: tokens.map((content, i) => `${JSON.stringify({ ...line(content, i), done: false })}\n`),
    ending: [`${JSON.stringify(end)}\n`],
  };
}

/**
 * @param {string} content
 * @param {number} i
 */
function line(content, i) {
  const time = String(123_456_789 + i * 20_431_357).padStart(12, "0");
  const second = String(Number(time.slice(0, 3)) % 60).padStart(2, "0");
  return {
    model: MODEL,
    created_at: `2026-02-12T22:04:${second}.${time.slice(3)}Z`,
    message: { role: "assistant", content },
  };
}

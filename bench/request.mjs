// What every row asks.

export const MODEL = "gpt-4.1-nano";
export const PROMPT = "Explain how a sluice works.";

/** The request as the API takes it, for the rows that have no client. */
export const POST = {
  method: /** @type {const} */ ("POST"),
  headers: { "content-type": "application/json", authorization: "Bearer none" },
  body: JSON.stringify({
    model: MODEL,
    messages: [{ role: "user", content: PROMPT }],
    stream: true,
    stream_options: { include_usage: true },
  }),
};

import type { BodyPiece, BodySource, ServerCall, ServerReply } from "./call.js";

/** Headers of a request that handlers look at, and of an answer that clients do. */
const ASKED = ["content-type", "accept"];
const ANSWERED = ["content-type", "retry-after", "allow"];

/** What a handler of the web's answers to a call. */
export async function webAnswer(
  call: ServerCall,
  handle: (request: Request) => Promise<Response>,
): Promise<ServerReply> {
  const headers = new Headers();
  for (const name of ASKED) {
    const value = call.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  const { method, path, signal } = call;
  const body = method === "GET" || method === "DELETE" ? undefined : Uint8Array.from(await call.bytes());
  const answer = await handle(
    new Request(`http://localhost${path}`, { method, headers, signal, ...(body && { body }) }),
  );
  const kept = ANSWERED.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const reply = { status: answer.status, headers: Object.fromEntries(kept) };
  return answer.body === null ? reply : { ...reply, body: pulled(answer.body, signal) };
}

/** A stream of the web's as a body; one whose client leaves is cancelled at once, whatever it is at. */
function pulled(stream: ReadableStream<Uint8Array>, signal: AbortSignal): BodySource {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  return {
    async next(): Promise<BodyPiece | undefined> {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    cancel,
  };
}

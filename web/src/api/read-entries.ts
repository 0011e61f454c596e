import { parseJson } from "../../../src/base/json.js";
import { type Envelope, envelopeOf } from "../../../src/stream/envelope.js";
import { SluiceError } from "../../../src/stream/error.js";
import { SseReader } from "../../../src/stream/framing/sse-reader.js";

/**
 * Reads the entries of a native stream (of a run, or of any other log that is served so), those of one network read together.
 *
 * @throws {SluiceError} `truncated` where the connection ended early is not for this to know: it returns at the end of the body.
 *   `connect-failed` where reading failed.
 */
export async function* readEntries(
  response: Response,
  signal?: AbortSignal,
): AsyncGenerator<Envelope[], void, undefined> {
  const frames = new SseReader();
  const body = response.body?.getReader();
  if (body === undefined) return;
  const leave = () => void body.cancel().catch(() => {});
  signal?.addEventListener("abort", leave, { once: true });
  try {
    for (;;) {
      const { done, value } = await readOf(body, signal);
      const entries: Envelope[] = [];
      const take = ({ data }: { data: string }) => void entries.push(envelopeOf(parseJson(data)));
      if (done) frames.end(take);
      else frames.push(value, take);
      if (entries.length > 0) yield entries;
      if (done) return;
    }
  } finally {
    signal?.removeEventListener("abort", leave);
    leave();
  }
}

async function readOf(body: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal | undefined) {
  try {
    return await body.read();
  } catch (cause) {
    if (signal?.aborted) throw new SluiceError("cancelled", "stopped", { cause });
    throw new SluiceError("connect-failed", "the connection was lost", { cause, retryable: true });
  }
}

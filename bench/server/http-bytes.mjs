// An answer as HTTP/1.1 bytes: made before anything is measured, so that the server has only to write them.

export const HEAD = headOf("text/event-stream; charset=utf-8");

/** The head of an answer, with as many headers as a provider sends. */
export function headOf(/** @type {string} */ contentType) {
  const lines = [
    "HTTP/1.1 200 OK",
    `content-type: ${contentType}`,
    "transfer-encoding: chunked",
    "connection: keep-alive",
    "openai-organization: org-bench",
    "openai-processing-ms: 212",
    "openai-version: 2020-10-01",
    "x-ratelimit-limit-requests: 10000",
    "x-ratelimit-remaining-requests: 9999",
    "x-request-id: req_8f1b2c3d4e5f60718293a4b5c6d7e8f9",
    "",
    "",
  ];
  return Buffer.from(lines.join("\r\n"));
}

export const END = Buffer.from("0\r\n\r\n");

/** One HTTP chunk that holds the events. */
export function httpChunk(/** @type {Buffer[]} */ events) {
  const body = Buffer.concat(events);
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);
}

/**
 * HTTP chunks that hold as many events as fit in a number of bytes: what a server that buffers its writes sends.
 *
 * @param {Buffer[]} events
 * @param {number} bytes
 */
export function httpChunks(events, bytes) {
  const chunks = [];
  let group = [];
  let size = 0;
  for (const event of events) {
    if (size > 0 && size + event.length > bytes) {
      chunks.push(httpChunk(group));
      group = [];
      size = 0;
    }
    group.push(event);
    size += event.length;
  }
  if (group.length > 0) chunks.push(httpChunk(group));
  return chunks;
}

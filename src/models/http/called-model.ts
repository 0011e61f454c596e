import type { CallingDialect, ErrorResponse } from "../../dialects/dialect.js";
import type { BatchSource } from "../../stream/batch-source.js";
import { checkCallOptions } from "../../stream/call-options.js";
import type { Warning } from "../../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import type { SluiceError } from "../../stream/error.js";
import { opened } from "../../stream/sources/opened.js";
import { validateRequest } from "../../stream/validate-request.js";
import { defaultTimeouts } from "./default-timeouts.js";
import type { HttpModelOptions } from "./http-model.js";
import { HttpService } from "./http-service.js";
import { httpSource } from "./http-source.js";
import { plainRefusal } from "./plain-failure.js";

/** Like `httpModel`, for options that were checked already. */
export function calledModel(options: HttpModelOptions): ChatModel {
  const { id, dialect, model, capabilities, list, nearBy = false } = options;
  const { compaction } = dialect;
  const service = new HttpService(options);
  const framed = dialect.framing === "sse" ? "text/event-stream" : "application/x-ndjson";
  // Made here and not for each call, whose request it would keep for as long as the answer lasts.
  const readError = (response: ErrorResponse) => refusalOf(dialect, response);
  return {
    id,
    ...(capabilities !== undefined && { capabilities }),
    ...(list !== undefined && { list }),
    ...(compaction !== undefined && {
      async compact(request: ChatRequest, call: CallOptions = {}) {
        validateRequest(request, options);
        checkCallOptions(call);
        await dialect.load?.();
        const codec = await compaction.call(dialect);
        const { path, body } = codec.write(request, model);
        const { postJson } = await import("./json-calls.js");
        return codec.read(await postJson(service, id, path, body, readError, call));
      },
    }),
    stream(request, call = {}) {
      validateRequest(request, options);
      checkCallOptions(call);
      const { streaming = true } = call;
      const open = (): BatchSource => {
        const wire = dialect.writeRequest(request, { model, stream: streaming });
        const own = { "content-type": "application/json", accept: streaming ? framed : "application/json" };
        const { method, url, headers } = service.request(
          "POST",
          wire.path,
          own,
          wire.headers,
          options.headers,
          call.headers,
        );
        const post = { method, url, headers, body: JSON.stringify(wire.body) };
        const warnings = [...wire.warnings, ...optionsOfOthers(request, dialect)];
        const expected = { dialect, model, streaming, warnings };
        const reasoning = request.reasoning !== undefined && request.reasoning.effort !== "none";
        const defaults = defaultTimeouts({ nearBy, model, streaming, reasoning });
        return httpSource(service.call(id, post, readError, call, defaults), expected);
      };
      const source =
        dialect.load === undefined ? open() : opened(() => loadThen(dialect, streaming ? request : undefined, open));
      return new ChatStream(source, { signal: call.signal, retain: call.retain });
    },
  };
}

/** The error of an unsuccessful answer. What reads it is loaded then; where that fails, the server's own words are all there is. */
async function refusalOf(dialect: CallingDialect, response: ErrorResponse): Promise<SluiceError> {
  const code = Promise.all([import("../../dialects/wrong-protocol.js"), dialect.load?.()]);
  const loaded = await code.catch(() => undefined);
  if (loaded === undefined) return plainRefusal(response);
  return loaded[0].withProtocol(dialect.name, response, dialect.readError(response));
}

/** What a protocol is asked before its code is there waits for it, and so does what that throws. */
async function loadThen(
  dialect: CallingDialect,
  request: ChatRequest | undefined,
  open: () => BatchSource,
): Promise<BatchSource> {
  await dialect.load?.(request);
  return open();
}

/** Options for other services are for other models of a fallback; to this one they mean nothing, and it says so. */
function optionsOfOthers(
  { providerOptions = {} }: ChatRequest,
  { name, optionNames = [name] }: CallingDialect,
): Warning[] {
  return Object.keys(providerOptions)
    .filter((given) => !optionNames.includes(given))
    .map((given) => ({
      field: `providerOptions.${given}`,
      message: `not sent: options for this model are given as ${optionNames.join(" or ")}`,
    }));
}

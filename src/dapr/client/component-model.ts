import type { ChatEvent, Emit } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { Stage } from "../../stream/stage.js";
import type { ConverseCall } from "../converse/converse-call.js";
import type { ConverseTarget } from "../converse/converse-options.js";
import { readAlpha2Request } from "../converse/read-alpha2-request.js";
import { sidecarError } from "../converse/read-api-error.js";
import { writeAlpha2Request } from "../converse/write-alpha2-request.js";
import type { Converser } from "../sidecar/converser.js";

/**
 * A component of this process, asked as a sidecar would ask it. Beside what the protocol carries it is given the messages as
 * they are, with the state of providers, and the options that Dapr has no field for.
 */
export function componentModel(converser: Converser, target: ConverseTarget): ChatModel {
  return {
    id: `dapr/${target.component}`,
    stream(request, options = {}) {
      const { stream } = converser.converse(callOf(request, target, converser), options);
      return target.contextId === undefined ? stream : stream.through(new ContextStage(target.contextId));
    },
  };
}

function callOf(request: ChatRequest, target: ConverseTarget, converser: Converser): ConverseCall {
  const { messages, ...settings } = request;
  const { message } = writeAlpha2Request(request, target);
  const call = readCall(() => readAlpha2Request(message, (name) => converser.has(name)));
  return {
    ...call,
    inputs: [{ messages, scrub: target.scrubInput ?? false }],
    settings: {
      ...call.settings,
      ...settings,
      providerOptions: { ...settings.providerOptions, ...call.settings.providerOptions },
    },
  };
}

/** The same errors as a sidecar's. */
function readCall(read: () => ConverseCall): ConverseCall {
  try {
    return read();
  } catch (thrown) {
    const { message, providerCode } = SluiceError.from(thrown);
    throw sidecarError(message, providerCode, undefined);
  }
}

/** Emits the context id before the end, where the answer has none. */
class ContextStage implements Stage {
  readonly #contextId: string;
  #hasContext = false;

  constructor(contextId: string) {
    this.#contextId = contextId;
  }

  push(event: ChatEvent, emit: Emit): void {
    if (event.type === "context") this.#hasContext = true;
    if (event.type === "finish" && !this.#hasContext) emit({ type: "context", contextId: this.#contextId });
    emit(event);
  }
}

import { context as contexts, trace } from "@opentelemetry/api";
import type { BatchSource } from "../stream/batch-source.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { checkedModel } from "../stream/checked-model.js";
import { innerSource } from "../stream/inner-source.js";
import { transform } from "../stream/sources/transform.js";
import { type WrappedCall, wrapModel } from "../stream/wrap-model.js";
import { ObservedCall } from "./observed-call.js";
import { Telemetry, type TelemetryOptions } from "./telemetry.js";
import { inside, parentOf } from "./trace-parent.js";

/**
 * The same model, each of whose calls is a span and counts in the metrics of OpenTelemetry's conventions for generative AI.
 * Of a model that asks others (a tool loop, an agent) it is each of those calls. A span begins when the answer is first read and
 * ends with it: finished, failed, or left by its reader; its tokens and cost are those that were used until then, those of
 * what was retracted included.
 *
 * It hangs below the span that `options.context.trace` names, else below the active one; calls inside get it as their trace.
 * Where the process registers no tracer and no meter, nothing is recorded.
 *
 * @throws {SluiceError} `invalid-argument` for anything but a model, and for unknown options.
 * @example
 * ```ts
 * import { model } from "sluice";
 * import { CostMeter } from "sluice/models";
 * import { traced } from "sluice/telemetry";
 *
 * const observed = traced(model("openai/gpt-5"), { cost: (id) => new CostMeter(id) });
 * ```
 */
export function traced(model: ChatModel, options: TelemetryOptions = {}): ChatModel {
  checkedModel(model);
  const telemetry = new Telemetry(options);
  return model.wrapCalls?.((inner) => observed(inner, telemetry)) ?? observed(model, telemetry);
}

function observed(model: ChatModel, telemetry: Telemetry): ChatModel {
  return wrapModel(model, (call) => {
    // Who asks is active now, and may not be when the answer is read.
    const parent = parentOf(call.options.context);
    return {
      // As a function: the span is that of a call that is made, and a stream that nobody reads makes none.
      request: (request) => request,
      ask: (request) =>
        ask(call, request, new ObservedCall(telemetry, { ...call, modelId: model.id, request, parent })),
    };
  });
}

function ask({ model, options }: WrappedCall, request: ChatRequest, call: ObservedCall): BatchSource {
  const context = inside(call.span, options.context);
  const active = trace.setSpan(contexts.active(), call.span);
  let source: BatchSource;
  try {
    const asked = context === undefined ? options : { ...options, context };
    source = contexts.with(active, () => innerSource(model, request, asked));
  } catch (thrown) {
    call.fail(thrown);
    throw thrown;
  }
  let opened = false;
  const within: BatchSource = {
    next() {
      if (opened) return source.next();
      opened = true;
      // The request is sent here: spans of the HTTP client hang below.
      return contexts.with(active, () => source.next());
    },
    cancel: (reason) => source.cancel(reason),
  };
  return transform(within, {
    push(batch) {
      call.read(batch);
      return batch;
    },
    fail(thrown) {
      call.fail(thrown);
      return undefined;
    },
    cancel: (reason) => call.leave(reason),
  });
}

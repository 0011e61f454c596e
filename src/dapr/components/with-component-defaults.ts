import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { type WrappedCall, wrapModel } from "../../stream/wrap-model.js";
import type { ComponentSettings } from "./component-settings.js";

/** What a component does with requests before they are sent. */
export interface RequestDefaults extends Pick<ComponentSettings, "temperature" | "maxTokens"> {
  /** Why no temperature is sent, where the model takes none; daprd sends none either. */
  withoutTemperature?: string;
  /** Why no labels are sent, where the provider refuses a request that has some. */
  withoutMetadata?: string;
}

/**
 * A model whose requests get a component's defaults where they say nothing themselves. What a request says and the model
 * does not take is left out, and the answer's `start` warns of it.
 */
export function withComponentDefaults(model: ChatModel, defaults: RequestDefaults): ChatModel {
  return wrapModel(model, (call) => ({ request: filled(call, defaults) }));
}

function filled({ request, warn }: WrappedCall, defaults: RequestDefaults): ChatRequest {
  const { temperature, maxTokens, withoutTemperature, withoutMetadata } = defaults;
  const { temperature: asked, metadata, ...rest } = request;
  const warm = asked ?? temperature;
  if (asked !== undefined && withoutTemperature !== undefined) {
    warn({ field: "temperature", message: `not sent: ${withoutTemperature}` });
  }
  if (metadata !== undefined && withoutMetadata !== undefined) {
    warn({ field: "metadata", message: `not sent: ${withoutMetadata}` });
  }
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...rest,
    ...(warm !== undefined && withoutTemperature === undefined && { temperature: warm }),
    ...(metadata && withoutMetadata === undefined && { metadata }),
  };
}

import type { ChatEvent, Emit, Warning } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { Stage } from "../../stream/stage.js";
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
  return {
    ...model,
    stream(request, options) {
      const warnings: Warning[] = [];
      const stream = model.stream(filled(request, defaults, warnings), options);
      return warnings.length === 0 ? stream : stream.through(new StartWarnings(warnings));
    },
  };
}

function filled(request: ChatRequest, defaults: RequestDefaults, warnings: Warning[]): ChatRequest {
  const { temperature, maxTokens, withoutTemperature, withoutMetadata } = defaults;
  const { temperature: asked, metadata, ...rest } = request;
  const warm = asked ?? temperature;
  if (asked !== undefined && withoutTemperature !== undefined) {
    warnings.push({ field: "temperature", message: `not sent: ${withoutTemperature}` });
  }
  if (metadata !== undefined && withoutMetadata !== undefined) {
    warnings.push({ field: "metadata", message: `not sent: ${withoutMetadata}` });
  }
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...rest,
    ...(warm !== undefined && withoutTemperature === undefined && { temperature: warm }),
    ...(metadata && withoutMetadata === undefined && { metadata }),
  };
}

/** Adds warnings to the start of an answer. */
class StartWarnings implements Stage {
  readonly #warnings: readonly Warning[];

  constructor(warnings: readonly Warning[]) {
    this.#warnings = warnings;
  }

  push(event: ChatEvent, emit: Emit): void {
    emit(event.type === "start" ? { ...event, warnings: [...(event.warnings ?? []), ...this.#warnings] } : event);
  }
}

import type { Clock } from "../../base/clock.js";
import type { HttpServiceOptions } from "../../models/http/http-service.js";
import type { Environment } from "../../models/provider.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ImportPackage } from "./bedrock/bedrock-sdk.js";
import type { ComponentSettings } from "./component-settings.js";

/** What a component is opened with. */
export interface OpenContext {
  /** The component's name, which becomes the model's id. */
  name: string;
  settings: ComponentSettings;
  env: Environment;
  clock: Clock;
  /** How HTTP calls are made; a component's own address and headers win. */
  http: Pick<HttpServiceOptions, "transport" | "timeouts">;
  /** Loads packages that applications install themselves. */
  importPackage: ImportPackage | undefined;
}

/** A component that was opened. */
export interface OpenedComponent {
  model: ChatModel;
  /** The model that answers name; absent where the component names none. */
  modelName?: string;
}

/** One type of conversation component. A row of data. */
export interface ComponentKind {
  /** For example `conversation.openai`. */
  type: string;
  /**
   * Makes the model.
   *
   * @throws {SluiceError} in daprd's words for metadata that is missing or wrong.
   */
  open(context: OpenContext): OpenedComponent | Promise<OpenedComponent>;
}

import type { JsonObject } from "../../base/json.js";
import type { ChatMessage } from "../../stream/message.js";

/** Prompts by their ids, for `prompt_ref`. */
export interface PromptLibrary {
  /**
   * The messages of a prompt, filled in; without a version those of the one that is in use.
   *
   * @throws {SluiceError} `not-found` for an unknown prompt or version; `invalid-argument` for variables that
   *   it needs and does not have.
   */
  render(id: string, variables: JsonObject, version?: string): Promise<RenderedPrompt>;
}

/** A prompt that was filled in. */
export interface RenderedPrompt {
  /** The prompt's name. */
  id: string;
  /** The version that was taken. */
  version: string;
  /** What the model is sent. */
  messages: ChatMessage[];
}

import { createContext } from "preact";
import type { InputResponse } from "../../../src/stream/message.js";

/** What the parts of an answer can do. */
export interface AnswerActions {
  /** Answers a request, at any depth. Absent where nothing can be answered any more. */
  respond?: ((id: string, response: InputResponse) => void) | undefined;
}

/** Given by the answer to everything in it. */
export const AnswerContext = createContext<AnswerActions>({});

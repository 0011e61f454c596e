import type { ChatRequest } from "./chat-request.js";
/** placeholder */
export function validateRequest(_request: ChatRequest): void {}

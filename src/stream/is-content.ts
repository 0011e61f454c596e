import type { ChatEvent } from "./chat-event.js";

/** Whether an event says something that must not be said twice: until one has come, another attempt may take its place. */
export function isContent({ type }: ChatEvent): boolean {
  return type !== "start" && type !== "step-start" && type !== "usage" && type !== "context";
}

/** The categories of components, as the beginnings of their types name them. */
const CATEGORIES = [
  "bindings",
  "pubsub",
  "secretstores",
  "state",
  "workflow",
  "workflowbackend",
  "middleware",
  "configuration",
  "crypto",
  "lock",
  "nameresolution",
  "conversation",
] as const;

/** A category of components. */
export type ComponentCategory = (typeof CATEGORIES)[number];

/** The category of a type such as `conversation.openai`; `undefined` for one that daprd calls an incorrect type. */
export function categoryOf(type: string): ComponentCategory | undefined {
  return CATEGORIES.find((category) => type.startsWith(`${category}.`));
}

import { signal } from "@preact/signals";
import type { OpenConversation } from "../conversation/conversation.js";

/** The conversation that is shown; commands of the palette act on it. */
export const openConversation = signal<OpenConversation | undefined>(undefined);

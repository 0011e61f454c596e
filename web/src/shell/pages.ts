import type { Page } from "./page.js";

/** Every page, in the order of the navigation. */
export const PAGES: readonly Page[] = [
  { path: "chat", title: "Chat", icon: "chat", load: async () => (await import("../chat/chat-page.js")).ChatPage },
];

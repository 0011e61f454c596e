import type { Page } from "./page.js";

/** Every page, in the order of the navigation. */
export const PAGES: readonly Page[] = [
  { path: "chat", title: "Chat", icon: "chat", load: async () => (await import("../chat/chat-page.js")).ChatPage },
  {
    path: "compare",
    title: "Compare",
    icon: "compare",
    load: async () => (await import("../compare/compare-page.js")).ComparePage,
  },
  {
    path: "workflows",
    title: "Workflows",
    icon: "workflow",
    load: async () => (await import("../workflows/workflows-page.js")).WorkflowsPage,
  },
  {
    path: "dashboard",
    title: "Dashboard",
    icon: "dashboard",
    load: async () => (await import("../dashboard/dashboard-page.js")).DashboardPage,
  },
];

import { signal } from "@preact/signals";

/** Whether the settings of the conversation are shown. */
export const settingsOpen = signal(false);

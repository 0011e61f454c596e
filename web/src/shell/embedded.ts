const asked = new URLSearchParams(location.search);

/** Whether the app stands within another page, as `<sluice-chat>` puts it there: it is the chat alone then. */
export const embedded = asked.has("embed");

/** The model that the other page wants; `undefined` where it names none. */
export const embeddedModel = asked.get("model") || undefined;

/** The theme that the other page wants. */
export const embeddedTheme = asked.get("theme");

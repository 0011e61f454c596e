import { signal } from "@preact/signals";

/** Where in the app one is: the first word of the address's hash names the page, the rest is the page's own. */
export interface Route {
  /** For example `chat`. */
  readonly page: string;
  /** What follows, decoded. */
  readonly rest: readonly string[];
}

function routeOf(hash: string): Route {
  const [page = "", ...rest] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  return { page: page || "chat", rest: rest.filter((word) => word !== "") };
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

/** The present place. It follows the address, so that back and forward work. */
export const route = signal<Route>(routeOf(location.hash));

addEventListener("hashchange", () => {
  route.value = routeOf(location.hash);
});

/** The address of a place in the app, for links: `hrefOf("chat", id)`. */
export function hrefOf(...words: string[]): string {
  return `#/${words.map(encodeURIComponent).join("/")}`;
}

/** Goes to a place in the app. `replace` leaves no entry in the browser's history. */
export function goTo(words: readonly string[], { replace = false } = {}): void {
  const href = hrefOf(...words);
  if (location.hash === href) return;
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  route.value = routeOf(href);
}

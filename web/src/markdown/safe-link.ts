/** What a link of a model's may do: open a page, a mail, a call. Nothing that runs here. */
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/** The address of a link that may be followed; `undefined` for any other, and for one that is relative to this page. */
export function safeLink(href: string): string | undefined {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return undefined;
  }
  return SCHEMES.has(url.protocol) ? url.href : undefined;
}

/** Images that an answer may carry within itself. */
const IMAGE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]+$/;

/** The address of an image that is shown: one that is in the text. A page of another host is not asked for one. */
export function safeImage(href: string): string | undefined {
  return IMAGE.test(href) ? href : undefined;
}

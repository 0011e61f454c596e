import type { Token } from "marked";
import type { ComponentChildren } from "preact";
import { readCharacterReferences } from "../../../src/base/character-references.js";
import { Icon } from "../design/icon.js";
import { Formula } from "./formula.js";
import { isMath } from "./math-tokens.js";
import { safeImage, safeLink } from "./safe-link.js";

/** What is in a line: as elements of our own, each text as text. HTML of a model's is shown as it is written. */
export function inline(tokens: readonly Token[] | undefined): ComponentChildren {
  return tokens?.map(one);
}

function one(token: Token): ComponentChildren {
  if (isMath(token)) return <Formula source={token.text} display={token.display} />;
  switch (token.type) {
    case "text":
      return token.tokens === undefined ? readCharacterReferences(token.text) : inline(token.tokens);
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code dir="ltr">{token.text}</code>;
    case "br":
      return <br />;
    case "escape":
      return token.text;
    case "link":
      return <Link href={token.href} title={token.title} tokens={token.tokens} />;
    case "image":
      return <Image href={token.href} alt={token.text} />;
    case "checkbox":
      return <input type="checkbox" checked={token.checked} disabled aria-label={token.checked ? "Done" : "Open"} />;
    case "html":
      return /^<br\s*\/?>$/i.test(token.text) ? <br /> : token.text;
    default:
      return token.raw;
  }
}

function Link({ href, title, tokens }: { href: string; title?: string | null; tokens: Token[] | undefined }) {
  const safe = safeLink(href);
  if (safe === undefined)
    return <span title={`A link that is not followed: ${href.slice(0, 200)}`}>{inline(tokens)}</span>;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow" title={title || safe}>
      {inline(tokens)}
    </a>
  );
}

function Image({ href, alt }: { href: string; alt: string }) {
  const shown = safeImage(href);
  if (shown !== undefined) return <img src={shown} alt={alt} />;
  const safe = safeLink(href);
  const name = alt || "image";
  if (safe === undefined) return <span class="image-link">{name}</span>;
  return (
    <a
      class="image-link"
      href={safe}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title="An image of another host, which is not loaded here"
    >
      <Icon name="link" />
      {name}
    </a>
  );
}

import type { Source } from "../../../../src/stream/chat-event.js";
import { Icon } from "../../design/icon.js";
import { safeLink } from "../../markdown/safe-link.js";

/** What an answer cites. */
export function Sources({ sources }: { sources: readonly Source[] }) {
  if (sources.length === 0) return null;
  return (
    <section class="sources" aria-label="Sources">
      <ol>
        {sources.map((source, index) => (
          <li key={source.url ?? source.id ?? index}>
            <SourceLink source={source} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function SourceLink({ source }: { source: Source }) {
  const href = source.url === undefined ? undefined : safeLink(source.url);
  const host = href?.startsWith("http") ? new URL(href).host.replace(/^www\./, "") : undefined;
  const title = source.title ?? source.filename ?? host ?? source.id ?? "Source";
  const shown = (
    <>
      <Icon name={source.kind === "url" ? "link" : "file"} />
      <span>{title}</span>
      {host !== undefined && host !== title && <small>{host}</small>}
    </>
  );
  if (href === undefined) return <span title={source.quote}>{shown}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={source.quote ?? href}>
      {shown}
    </a>
  );
}

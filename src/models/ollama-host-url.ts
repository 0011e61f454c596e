const PORT = "11434";

/** What a server listens on for all of its addresses, by what reaches it here. */
const EVERYWHERE: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "[::]": "[::1]" };

/**
 * The URL that `OLLAMA_HOST` means: it may lack scheme and port, or have nothing but a port, and the address on which a
 * server listens everywhere is reached at loopback.
 */
export function ollamaHostUrl(host: string): string {
  const full = host.includes("://") ? host : `http://${withHost(host)}`;
  if (!URL.canParse(full)) return full;
  const url = new URL(full);
  url.hostname = EVERYWHERE[url.hostname] ?? url.hostname;
  if (url.port === "" && !host.includes("://")) url.port = PORT;
  return url.href.replace(/(?<!\/)\/+$/, "");
}

/** Of `:11434`, and of an IPv6 address without brackets, which has more than one colon. */
function withHost(host: string): string {
  if (/^:\d*$/.test(host)) return `127.0.0.1${host}`;
  return /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*$/i.test(host) ? `[${host}]` : host;
}

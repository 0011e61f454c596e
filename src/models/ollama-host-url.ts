const PORT = "11434";

/** The URL that `OLLAMA_HOST` means: it may lack scheme and port, and `0.0.0.0` is reached at loopback. */
export function ollamaHostUrl(host: string): string {
  const full = host.includes("://") ? host : `http://${host}`;
  if (!URL.canParse(full)) return full;
  const url = new URL(full);
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.port === "" && !host.includes("://")) url.port = PORT;
  return url.href.replace(/\/+$/, "");
}

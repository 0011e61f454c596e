/** What an HTTP request of the sidecar's asks for. */
export type SidecarRoute =
  | { kind: "converse"; api: "alpha1" | "alpha2"; component: string; streamed: boolean }
  | { kind: "health" }
  | { kind: "outbound-health" }
  | { kind: "metadata" }
  | { kind: "set-metadata"; key: string }
  | { kind: "shutdown" };

const CONVERSE = /^\/v1\.0-(alpha1|alpha2)\/conversation\/([^/]+)\/converse(\/stream)?$/;
/** What stands before the path in a request to a proxy (RFC 9112, 3.2.2); every server must take it. */
const ORIGIN = /^https?:\/\/[^/?]*/i;
const METADATA = /^\/v1\.0\/metadata\/([^/]+)$/;

/**
 * The route of a request; `undefined` for those that only a real daprd answers. As in daprd, double slashes and one at the
 * end are tolerated.
 *
 * @param url path and query.
 */
export function routeOf(method: string, url: string): SidecarRoute | undefined {
  const [path = ""] = url.replace(ORIGIN, "").split("?", 1);
  const plain = path.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
  const converse = method === "POST" ? CONVERSE.exec(plain) : null;
  if (converse !== null) {
    const api = converse[1] === "alpha1" ? "alpha1" : "alpha2";
    return { kind: "converse", api, component: decoded(converse[2] ?? ""), streamed: converse[3] !== undefined };
  }
  const metadata = method === "PUT" ? METADATA.exec(plain) : null;
  if (metadata !== null) return { kind: "set-metadata", key: decoded(metadata[1] ?? "") };
  return FIXED[`${method} ${plain}`];
}

const FIXED: Readonly<Record<string, SidecarRoute>> = {
  "GET /v1.0/healthz": { kind: "health" },
  "GET /v1.0/healthz/outbound": { kind: "outbound-health" },
  "GET /v1.0/metadata": { kind: "metadata" },
  "POST /v1.0/shutdown": { kind: "shutdown" },
};

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

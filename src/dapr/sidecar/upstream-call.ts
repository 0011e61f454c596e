import type { Clock } from "../../base/clock.js";
import { TOKEN_HEADER } from "./api-token.js";
import type { GrpcUpstream } from "./grpc-upstream.js";

/** Where the sidecar's own calls to the daprd behind it go. */
export interface UpstreamPorts {
  /** Base URL of the daprd's HTTP port. */
  http: string | undefined;
  /** Its gRPC port. */
  grpc: GrpcUpstream | undefined;
  /** Its API token; `undefined` for none. */
  token: string | undefined;
  clock: Clock;
}

/** How long the daprd may take to answer, in ms. */
const LIMIT_MS = 5_000;

/** What a call to the daprd gives; `undefined` where it fails, or does not answer in time. */
export async function askUpstream<T>(
  { token, clock }: UpstreamPorts,
  ask: (call: { headers: Record<string, string>; signal: AbortSignal }) => Promise<T>,
): Promise<T | undefined> {
  const limit = new AbortController();
  const callOff = clock.after(LIMIT_MS, () => limit.abort());
  try {
    return await ask({ headers: token === undefined ? {} : { [TOKEN_HEADER]: token }, signal: limit.signal });
  } catch {
    return undefined;
  } finally {
    callOff();
  }
}

/** The address of a path on the daprd's HTTP port. */
export function upstreamUrl(http: string, path: string): string {
  return http.replace(/(?<!\/)\/+$/, "") + path;
}

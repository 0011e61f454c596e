import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One call to publish. */
interface PublishCall {
  /** Of one message, or of several. */
  kind: "single" | "bulk";
  pubsub: string;
  topic: string;
  query: URLSearchParams;
  /** The CloudEvents that came of it; those that failed are not among them. */
  events: Record<string, unknown>[];
}

/** What goes wrong with a call: a status with daprd's words for all of it, or the entries of a bulk call that fail. */
type PublishFault = { status: number; errorCode?: string; message: string } | { failed: readonly string[] };

/** A daprd that has a broker in memory: it keeps what is published. */
export interface FakeDaprPubsub {
  url: string;
  calls: PublishCall[];
  /** All CloudEvents so far, in order. */
  readonly events: Record<string, unknown>[];
  /** Called for each call before it is carried out. */
  fault?: ((entries: number) => PublishFault | undefined | Promise<PublishFault | undefined>) | undefined;
  stop(): Promise<void>;
}

/** A message in the envelope that daprd puts around it. Its JSON is written anew, as Go does: half surrogate pairs are lost. */
export function cloudEvent(data: unknown, pubsub = "pubsub", topic = "topic"): Record<string, unknown> {
  return {
    data: wellFormed(JSON.parse(JSON.stringify(data))),
    datacontenttype: "application/json",
    id: crypto.randomUUID(),
    pubsubname: pubsub,
    source: "publisher",
    specversion: "1.0",
    time: "2026-01-02T03:04:05Z",
    topic,
    traceid: "00-00000000000000000000000000000000-0000000000000000-00",
    traceparent: "00-00000000000000000000000000000000-0000000000000000-00",
    tracestate: "",
    type: "com.dapr.event.sent",
  };
}

/** Starts it. */
export async function startFakeDaprPubsub(): Promise<FakeDaprPubsub> {
  const server = createServer((request, response) => void answer(request, response));
  const fake: FakeDaprPubsub = {
    url: "",
    calls: [],
    get events() {
      return this.calls.flatMap((call) => call.events);
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const url = new URL(request.url ?? "/", "http://localhost");
    const found = /^\/v1\.0(-alpha1\/publish\/bulk|\/publish)\/([^/]+)\/(.+)$/.exec(url.pathname);
    const [, kind = "", pubsub = "", topic = ""] = found?.map(decodeURIComponent) ?? [];
    const bulk = kind.includes("bulk");
    const entries: { entryId: string; event: unknown }[] = bulk
      ? JSON.parse(body)
      : [{ entryId: "", event: JSON.parse(body) }];
    const fault = await fake.fault?.(entries.length);
    if (fault !== undefined && "status" in fault) {
      const { status, ...words } = fault;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(words));
      return;
    }
    const failed = fault?.failed ?? [];
    const published = entries.filter(({ entryId }) => !failed.includes(entryId));
    const events = published.map(({ event }) => cloudEvent(event, pubsub, topic));
    fake.calls.push({ kind: bulk ? "bulk" : "single", pubsub, topic, query: url.searchParams, events });
    if (failed.length === 0) response.writeHead(204).end();
    else {
      const failedEntries = failed.map((entryId) => ({ entryId, error: "the broker is full" }));
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ failedEntries, errorCode: "ERR_PUBSUB_PUBLISH_MESSAGE" }));
    }
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

function wellFormed(value: unknown): unknown {
  if (typeof value === "string")
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(value));
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [wellFormed(name), wellFormed(item)]));
}

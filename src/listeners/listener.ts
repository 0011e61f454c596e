import type { Http2Server, Http2Session } from "node:http2";
import type { Server } from "node:net";

/** A server, and how to end what its clients keep open. */
export interface Listener {
  server: Server;
  /** Closes connections on which nothing is answered; others close after what they are at. */
  closeIdle(): void;
}

/** How to close the sessions of an HTTP/2 server, each after what it is at. */
export function closingSessions(server: Http2Server): () => void {
  const sessions = new Set<Http2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  return () => {
    for (const session of sessions) session.close();
  };
}

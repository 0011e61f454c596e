import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TaskPushNotificationConfig } from "@a2a-js/sdk";
import { afterAll, beforeAll } from "vitest";

/** An address that notifications of A2A are posted to, for the tests of the file that calls this. */
export function useNotifications() {
  /** What was posted. A test that looks at it empties it first. */
  const posted: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
  /** What the next requests are answered with. Default: 200. */
  const statuses: number[] = [];
  const server = createServer(async (request, response) => {
    posted.push({ headers: request.headers, body: JSON.parse(await text(request)) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => void server.close());
  return {
    posted,
    statuses,
    url,
    /** The configuration that asks for notifications at this address. */
    target: (more: Partial<TaskPushNotificationConfig> = {}): TaskPushNotificationConfig => ({
      tenant: "",
      id: "",
      taskId: "",
      url: url(),
      token: "",
      authentication: undefined,
      ...more,
    }),
  };
}

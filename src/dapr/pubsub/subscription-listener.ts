import type { IncomingMessage, ServerResponse } from "node:http";
import { parseJson } from "../../base/json.js";
import type { Environment } from "../../models/provider.js";
import { defaultEnvironment } from "../../models/provider-environment.js";
import { callable, exactly, jsonObject, list, string, wholeNumber } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { isAuthorised, TOKEN_HEADER } from "../sidecar/api-token.js";
import { readBody } from "../sidecar/read-body.js";
import type { Delivery, StreamSubscription } from "./subscribe-stream.js";

/** Settings of `subscriptionListener`. */
export interface SubscriptionListenerOptions {
  /** The token that daprd sends to the application. Default `APP_API_TOKEN`. */
  appApiToken?: string | undefined;
  /** Of a message, in bytes. Default 4 MiB, which is what daprd sends at most by itself. */
  maxBodyBytes?: number;
  /** Called with messages that were dropped because they cannot be read. */
  onDrop?: (error: SluiceError) => void;
  /** Answers all other requests. Default: 404. */
  otherwise?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Default `process.env`. */
  env?: Environment;
}

const OPTIONS = exactly("subscriptionListener", {
  appApiToken: string,
  maxBodyBytes: wholeNumber(1),
  onDrop: callable,
  otherwise: callable,
  env: jsonObject,
});
const SUBSCRIPTIONS = list("an array of subscriptions, as subscribeStream gives them", jsonObject);

/**
 * The application's side of Dapr's pub/sub, for `http.createServer`: answers `GET /dapr/subscribe` for several
 * subscriptions, and takes what daprd posts to their routes.
 *
 * @throws {SluiceError} `invalid-argument` for what is no subscription, and for unknown options.
 */
export function subscriptionListener(
  subscriptions: readonly StreamSubscription[],
  options: SubscriptionListenerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  SUBSCRIPTIONS(subscriptions, "subscriptions");
  OPTIONS(options, "");
  const { maxBodyBytes = 4 * 1_024 * 1_024, onDrop, otherwise = notFound, env = defaultEnvironment() } = options;
  const token = options.appApiToken ?? env.APP_API_TOKEN;
  const byRoute = new Map(subscriptions.map((subscription) => [subscription.declaration.route, subscription]));
  const declarations = JSON.stringify(subscriptions.map(({ declaration }) => declaration));

  async function take(request: IncomingMessage, subscription: StreamSubscription): Promise<Delivery> {
    try {
      return subscription.deliver(parseJson((await readBody(request, maxBodyBytes)).toString("utf8")));
    } catch (thrown) {
      return { status: "DROP", error: SluiceError.from(thrown, "malformed-frame") };
    }
  }

  return (request, response) => {
    const [path = ""] = (request.url ?? "").split("?", 1);
    const subscription = request.method === "POST" ? byRoute.get(path) : undefined;
    const asked = request.method === "GET" && path === "/dapr/subscribe";
    if (!asked && subscription === undefined) return otherwise(request, response);
    if (!isAuthorised(request.headers[TOKEN_HEADER], token)) {
      response.writeHead(401).end();
      return;
    }
    if (subscription === undefined) return answer(response, declarations);
    void take(request, subscription).then((delivery) => {
      if (delivery.status === "DROP") onDrop?.(delivery.error);
      answer(response, JSON.stringify({ status: delivery.status }));
    });
  };
}

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "application/json" }).end(body);
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404).end();
}

import { isJsonObject, type JsonObject } from "../../base/json.js";
import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { newId } from "../../speech/realtime/new-id.js";
import { DEFAULT_SETTINGS, sessionObject, updatedSettings } from "../../speech/realtime/session-settings.js";
import { between, exactly, oneOf } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { asRequest, checkedBody } from "../checked-body.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import type { ClientSecrets } from "./client-secrets.js";

/** How long a client secret is good for, in s: OpenAI's default and bounds. */
const USUAL_SECONDS = 600;
const MOST_SECONDS = 7_200;

const BODY = exactly("a client secret", {
  expires_after: exactly("an expiry", { anchor: oneOf("created_at"), seconds: between(10, MOST_SECONDS) }),
  session: () => {},
});

/** OpenAI's routes around Realtime sessions; the sessions themselves are WebSockets. */
export function realtimeRoutes(core: ServerCore, secrets: ClientSecrets): Route[] {
  const notServed = (path: string): Route => ({
    method: "POST",
    path,
    errors: openAiChat,
    summary: "OpenAI: WebRTC, which is not served; the answer says so",
    handle: async () => {
      const message = "WebRTC is not served here: connect by WebSocket to /v1/realtime, with a key or a client secret";
      throw new SluiceError("unsupported", message, { status: 501 });
    },
  });
  return [
    {
      method: "POST",
      path: "/v1/realtime/client_secrets",
      errors: openAiChat,
      summary: "OpenAI: a short-lived key for Realtime sessions of one kind",
      handle: (call) => makeSecret(core, secrets, call),
    },
    notServed("/v1/realtime/calls"),
    notServed("/v1/realtime"),
  ];
}

async function makeSecret(core: ServerCore, secrets: ClientSecrets, call: ServerCall): Promise<ServerReply> {
  const { expires_after: expiry, session: given } = await checkedBody(call, BODY);
  const session: JsonObject = isJsonObject(given) ? given : {};
  const settings = asRequest(() => updatedSettings(DEFAULT_SETTINGS, given ?? {}));
  const model = core.models.find(typeof session.model === "string" ? session.model : undefined, call.caller).name;
  const asked = isJsonObject(expiry) && typeof expiry.seconds === "number" ? expiry.seconds : USUAL_SECONDS;
  const expiresAt = Math.floor(Date.now() / 1_000) + asked;
  const value = secrets.make({ caller: call.caller, session, model, expiresAt });
  return jsonReply({
    value,
    expires_at: expiresAt,
    session: sessionObject(settings, newId("sess"), model, settings.voice),
  });
}

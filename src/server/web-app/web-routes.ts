import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { SluiceError } from "../../stream/error.js";
import type { ServerCall, ServerReply } from "../call.js";
import type { Route } from "../route.js";
import { type WebFile, webFiles } from "./web-files.js";

/**
 * What the page may load: its own files, and nothing of another host. Model output is never HTML there; trusted types see
 * to it that no text becomes a script. (https://www.w3.org/TR/CSP3/)
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types sluice-worker",
];

const HEADERS = {
  // Scripts of modules are fetched as what may be read: the element's is, and nothing of it is secret.
  "access-control-allow-origin": "*",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

/** How long a file may be kept whose name changes with its content, in seconds: a year. */
const FOREVER = "public, max-age=31536000, immutable";

/**
 * The web app: its page at `/`, its files under `/assets/`, and the script that puts the chat into other pages. They are the
 * same for everyone, so no key is asked for, and any page may link to them.
 *
 * @param origins pages that may show the app within themselves; `*` for all.
 */
export async function webRoutes(origins: readonly string[] = []): Promise<Route[]> {
  const policy = [...POLICY, `frame-ancestors ${["'self'", ...origins].join(" ")}`].join("; ");
  const files = await webFiles();
  const route = (path: string, handle: (call: ServerCall) => ServerReply): Route => ({
    method: "GET",
    path,
    handle: async (call) => handle(call),
    errors: openAiChat,
    open: true,
    anyone: true,
    summary: "The web app",
  });
  const serve = (call: ServerCall, path: string): ServerReply => {
    const file = files.get(path);
    if (file === undefined) throw new SluiceError("not-found", `there is no ${call.method} ${call.path} here`);
    return fileReply(file, call.header("accept-encoding") ?? "", policy);
  };
  return [
    route("/", (call) => serve(call, "index.html")),
    route("/sluice-chat.js", (call) => serve(call, "sluice-chat.js")),
    route("/assets/:name", (call) => serve(call, `assets/${call.path.slice(call.path.lastIndexOf("/") + 1)}`)),
  ];
}

function fileReply(file: WebFile, accepted: string, policy: string): ServerReply {
  const { mediaType, hashed } = file;
  const page = mediaType.startsWith("text/html");
  const [encoding, body] = encoded(file, accepted);
  return {
    status: 200,
    headers: {
      ...HEADERS,
      "content-type": mediaType,
      "cache-control": hashed ? FOREVER : "no-cache",
      vary: "accept-encoding",
      ...(encoding !== undefined && { "content-encoding": encoding }),
      ...(page && { "content-security-policy": policy }),
    },
    body,
  };
}

function encoded({ plain, brotli, gzip }: WebFile, accepted: string): [string | undefined, Uint8Array] {
  const accepts = (name: string) =>
    new RegExp(`(?:^|,)\\s*${name}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$))[\\d.]+)?\\s*(?:,|$)`).test(accepted);
  if (brotli !== undefined && accepts("br")) return ["br", brotli];
  if (gzip !== undefined && accepts("gzip")) return ["gzip", gzip];
  return [undefined, plain];
}

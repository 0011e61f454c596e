import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import { outputOf } from "./call-tool.js";

/** A server whose tools need a token, and the server that gives one for the code `good`, in one. */
let http: Server;
let origin: string;

beforeAll(async () => {
  http = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(() => {
  http.closeAllConnections();
  http.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const json = (status: number, body: object, headers = {}) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  switch (new URL(request.url ?? "", origin).pathname) {
    case "/.well-known/oauth-protected-resource/mcp":
      return void json(200, { resource: `${origin}/mcp`, authorization_servers: [origin] });
    case "/.well-known/oauth-authorization-server":
      return void json(200, {
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        response_types_supported: ["code"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
      });
    case "/token": {
      const form = new URLSearchParams(await text(request));
      if (form.get("code") !== "good") return void json(400, { error: "invalid_grant" });
      return void json(200, { access_token: "secret", token_type: "Bearer" });
    }
    case "/mcp": {
      if (request.headers.authorization === "Bearer secret") return serveTools(request, response);
      const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
      return void json(401, {}, { "www-authenticate": `Bearer resource_metadata="${metadata}"` });
    }
    default:
      return void json(404, {});
  }
}

/** Without sessions: each request has a server of its own. */
async function serveTools(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const server = new McpServer({ name: "guarded", version: "1.0.0" });
  server.registerTool("secret", {}, () => ({ content: [{ type: "text", text: "told" }] }));
  const transport = new StreamableHTTPServerTransport({});
  await server.connect(transport as Transport);
  await transport.handleRequest(request, response);
}

/** What an application keeps for its user. */
function userOf(): { provider: OAuthClientProvider; sentTo: URL[] } {
  let [tokens, verifier]: [OAuthTokens | undefined, string] = [undefined, ""];
  const sentTo: URL[] = [];
  const provider: OAuthClientProvider = {
    redirectUrl: "http://127.0.0.1/back",
    clientMetadata: { redirect_uris: ["http://127.0.0.1/back"] },
    clientInformation: () => ({ client_id: "sluice-tests" }),
    tokens: () => tokens,
    saveTokens: (given) => {
      tokens = given;
    },
    redirectToAuthorization: (url) => void sentTo.push(url),
    saveCodeVerifier: (given) => {
      verifier = given;
    },
    codeVerifier: () => verifier,
  };
  return { provider, sentTo };
}

test("a user signs in, and the tools can be used with what the provider keeps", async () => {
  const { provider, sentTo } = userOf();
  const server = mcpTools({ url: `${origin}/mcp`, authProvider: provider });
  await expect(server.tools()).rejects.toMatchObject({ code: "authentication", status: 401 });
  expect(sentTo.map(({ pathname }) => pathname)).toEqual(["/authorize"]);
  await expect(server.finishAuthorization("bad")).rejects.toMatchObject({ code: "authentication" });
  await server.finishAuthorization("good");
  expect(await outputOf(server, "secret")).toBe("told");
  await server.close();
  const later = mcpTools({ url: `${origin}/mcp`, authProvider: provider });
  expect(await outputOf(later, "secret")).toBe("told");
  await later.close();
});

test("a server that is started here has no sign-in", async () => {
  await expect(mcpTools({ command: "node" }).finishAuthorization("good")).rejects.toMatchObject({
    code: "unsupported",
  });
});

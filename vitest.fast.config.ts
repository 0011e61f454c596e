import { defineConfig } from "vitest/config";

/**
 * What `npm run test:fast` leaves to `npm test`: tests that need a server, another process, a worker, the built package or the
 * recordings, and those of Dapr, most of which are about its sidecar.
 */
const SLOW = [
  "test/{agents,e2e,faults,server,runs,stores,recordings,tools}/**",
  "test/house/{snippets,bundle-size,browser-bundles,what-is-imported}.test.ts",
  "test/laws/{dapr,http-models}.test.ts",
  "test/speech/{audio-routes,cloud-voices,recognised,say,system-player,voice-chat}.test.ts",
  "test/workflows/{engines,hostile,random-runs,shared-workflows}.test.ts",
  "src/{cli,dapr,listeners,server}/**",
  "src/chat/stores/**",
  "src/models/{ai-sdk,http,llama}/**",
  "src/speech/voices/flite/**",
  "src/tools/mcp/**",
  "src/dialects/*/{client,writer}.test.ts",
];

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...SLOW],
    environment: "node",
    // Files share what they have imported: none of these tests changes anything that another one sees.
    isolate: false,
    reporters: ["default", "./test/support/closing-line.ts"],
  },
});

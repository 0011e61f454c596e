/**
 * The tests that need a server, another process, a worker, the built package, a browser or the recordings, and those of Dapr, most of
 * which are about its sidecar: `npm run test:fast` leaves them to `npm test`.
 */
export const APART: readonly string[] = [
  "test/{agents,browser,e2e,faults,server,runs,stores,recordings,tools}/**/*.test.ts",
  "test/house/{snippets,snippets-run,bundle-size,browser-bundles,what-is-imported}.test.ts",
  "test/laws/{dapr,http-models}.test.ts",
  "test/speech/{audio-routes,cloud-voices,recognised,say,system-player,voice-chat}.test.ts",
  "test/workflows/{engines,dbos-engine,hostile,random-runs,shared-workflows}.test.ts",
  "src/{cli,dapr,listeners,server}/**/*.test.ts",
  "src/chat/stores/**/*.test.ts",
  "src/models/{ai-sdk,http,llama}/**/*.test.ts",
  "src/speech/voices/flite/**/*.test.ts",
  "src/tools/mcp/**/*.test.ts",
  "src/dialects/*/{client,writer}.test.ts",
  "web/**/*.test.ts",
];

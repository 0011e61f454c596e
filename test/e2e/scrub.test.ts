import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runNode } from "./run.js";

const MAIN = "dist/cli/main.js";
const asked: string[] = [];
let env: Record<string, string> = {};

/** An OpenAI-shaped server whose every answer names somebody's address, cut over three chunks. */
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => {
    body += piece;
  });
  request.on("end", () => {
    asked.push(body);
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of ["Ask jo", "hn@exam", "ple.com at 192.168.", "1.100."]) response.write(chunk({ content }));
    response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
  });
});

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: "c1", model: "gpt-test", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  env = { OPENAI_API_KEY: "sk-test-key-0123456789", OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` };
});
afterAll(() => server.close());

const lastAsked = () => JSON.parse(asked.at(-1) ?? "").messages;

describe("--scrub", () => {
  test("sluice ask: neither the provider nor the terminal sees personal data", async () => {
    const { code, stdout } = await runNode(MAIN, ["ask", "-q", "--scrub", "I am ann@example.com"], "", env);
    expect(lastAsked()).toEqual([{ role: "user", content: "I am <EMAIL_ADDRESS>" }]);
    expect([code, stdout]).toEqual([0, "Ask <EMAIL_ADDRESS> at <IP>.\n"]);
  });

  test("sluice chat: the same on every turn", async () => {
    const lines = "Call 555-123-4567\nAnd ann@example.com\n";
    const { code, stdout } = await runNode(MAIN, ["chat", "--scrub"], lines, env);
    expect(lastAsked()).toEqual([
      { role: "user", content: "Call <PHONE_NUMBER>" },
      { role: "assistant", content: "Ask <EMAIL_ADDRESS> at <IP>." },
      { role: "user", content: "And <EMAIL_ADDRESS>" },
    ]);
    expect([code, stdout]).toEqual([0, "Ask <EMAIL_ADDRESS> at <IP>.\n".repeat(2)]);
  });

  test("without it everything passes as it is", async () => {
    const { stdout } = await runNode(MAIN, ["ask", "-q", "I am ann@example.com"], "", env);
    expect(lastAsked()).toEqual([{ role: "user", content: "I am ann@example.com" }]);
    expect(stdout).toBe("Ask john@example.com at 192.168.1.100.\n");
  });
});

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import { BARE_ENV, ROOT, runNode } from "./run.js";

const MAIN = "dist/cli/main.js";
const sluice = (words: string[], input = "", env = {}) => runNode(MAIN, words, input, env);
const folder = mkdtempSync(join(tmpdir(), "sluice-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An OpenAI-shaped server that answers each request with the same bytes, and keeps what it was asked. */
async function openAiServer(
  body: string,
  status = 200,
): Promise<{ env: Record<string, string>; asked: string[]; stop: () => void }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (piece) => {
      text += piece;
    });
    request.on("end", () => {
      asked.push(text);
      response
        .writeHead(status, { "content-type": status === 200 ? "text/event-stream" : "application/json" })
        .end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const env = { OPENAI_API_KEY: "sk-test-key-0123456789", OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` };
  return { env, asked, stop: () => server.close() };
}

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: "c1", model: "gpt-test", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

test.skipIf(!existsSync("/dev/full"))("an answer that cannot be written is a failure", async () => {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [join(ROOT, MAIN), "ask", "-m", "echo", "hi"], {
    env: BARE_ENV,
    stdio: ["ignore", full, "pipe"],
  });
  closeSync(full);
  const said = child.stderr === null ? "" : text(child.stderr);
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(1);
  expect(await said).toContain("the disk is full");
});

describe("sluice chat, without a terminal", () => {
  test("answers each line of stdin on stdout, and says on stderr which model answers and why", async () => {
    const { code, stdout, stderr } = await sluice(["chat"], "Hello there\n\nAnd **again**\n");
    expect(stdout).toBe("Hello there\nAnd **again**\n");
    expect(stderr).toContain("echo: no service is configured");
    expect(stderr).toContain("2 in · 2 out");
    expect(code).toBe(0);
  });

  test("remembers what was said before", async () => {
    const server = await openAiServer(`${chunk({ content: "Hi" })}${chunk({}, "stop")}data: [DONE]\n\n`);
    const { stderr } = await sluice(["chat"], "one\ntwo\n", server.env);
    server.stop();
    expect(stderr).toContain("openai/gpt-4.1-mini: OPENAI_API_KEY is set");
    expect(JSON.parse(server.asked[1] ?? "").messages).toEqual([
      { role: "user", content: "one" },
      { role: "assistant", content: "Hi" },
      { role: "user", content: "two" },
    ]);
  });

  test("ends with the first failure", async () => {
    const server = await openAiServer('{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}', 401);
    const { code, stdout, stderr } = await sluice(["chat"], "one\ntwo\n", server.env);
    server.stop();
    expect([code, stdout, server.asked.length]).toEqual([3, "", 1]);
    expect(stderr).toContain("error: authentication (openai/gpt-4.1-mini): HTTP 401: Incorrect API key");
    expect(stderr).not.toContain("sk-test-key-0123456789");
  });
});

describe("sluice ask", () => {
  test("joins the argument and what is piped, and answers on stdout alone", async () => {
    const { code, stdout } = await sluice(["ask", "-q", "Say:"], "piped\n");
    expect([code, stdout]).toEqual([0, "Say:\n\npiped\n"]);
  });

  test("--json prints the events, one a line", async () => {
    const { stdout, stderr } = await sluice(["ask", "--json", "-q", "Hi"]);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map((event) => event.type)).toEqual(["start", "usage", "text-delta", "usage", "finish"]);
    expect(stderr).toBe("");
  });

  test("a cut answer is printed as far as it came, and the exit code says that it may work later", async () => {
    const server = await openAiServer(chunk({ content: "Half an ans" }));
    const { code, stdout, stderr } = await sluice(["ask", "Hi"], "", server.env);
    server.stop();
    expect([code, stdout]).toEqual([4, "Half an ans\n"]);
    expect(stderr).toContain("error: truncated");
  });

  test.each([
    [["ask", "Hi", "-m", "opnai/gpt-4"], 3, "did you mean openai/gpt-4?"],
    [["ask", "Hi", "-m", "openai/gpt-4"], 3, "set OPENAI_API_KEY"],
    [["ask"], 2, "there is no question"],
    [["ask", "Hi", "--temperature", "9"], 2, "temperature: found 9; allowed: a number from 0 to 2"],
    [["ask", "Hi", "--temperature", "warm"], 2, "not a number"],
    [["aks"], 2, "did you mean ask?"],
  ])("%j ends with code %i and says why", async (words, code, why) => {
    const ended = await sluice(words);
    expect(ended.stderr).toContain(why);
    expect([ended.code, ended.stdout]).toEqual([code, ""]);
  });
});

describe("sluice replay", () => {
  const wire = `${chunk({ content: "Hello" })}${chunk({ content: " wire" })}${chunk({}, "stop")}data: [DONE]\n\n`;
  const lines = wire.replace("data: [DONE]\n\n", "").replaceAll("data: ", "").replaceAll("\n\n", "\n");
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test.each([
    ["raw server-sent events", "raw.sse", wire],
    ["one JSON object a line", "objects.txt", lines],
  ])("plays %s", async (_what, name, text) => {
    const { code, stdout, stderr } = await sluice(["replay", file(name, text)]);
    expect([code, stdout]).toEqual([0, "Hello wire\n"]);
    expect(stderr).toContain("finished: stop");
  });

  test("plays a protocol that is only replayed, named or not", async () => {
    const text = [
      { event_type: "interaction.created", interaction: { id: "i", model: "m", status: "in_progress" } },
      { event_type: "step.start", index: 0, step: { type: "model_output" } },
      { event_type: "step.delta", index: 0, delta: { type: "text", text: "Hello" } },
      { event_type: "step.stop", index: 0 },
      { event_type: "interaction.completed", interaction: { id: "i", status: "completed" } },
    ];
    const recording = file("interactions.txt", text.map((frame) => `${JSON.stringify(frame)}\n`).join(""));
    for (const words of [[], ["--dialect", "google-interactions"]]) {
      expect(await sluice(["replay", recording, ...words])).toMatchObject({ code: 0, stdout: "Hello\n" });
    }
  });

  test("plays a recording of ours as events, without pauses", async () => {
    const recording = file(
      "own.jsonl",
      `{"format":"sluice-recording","version":1,"model":"m","request":{}}
{"t":0,"event":{"type":"start","id":"a","model":"m"}}
{"t":60000,"event":{"type":"text-delta","text":"late"}}
{"t":60001,"event":{"type":"finish","reason":"stop","usage":{"outputTokens":1}}}
`,
    );
    const { code, stdout } = await sluice(["replay", recording, "--json", "--speed", "0"]);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).type),
    ).toEqual(["start", "text-delta", "finish"]);
    expect(code).toBe(0);
  });

  test.each([
    ["cut off", wire.slice(0, 150), 4, "truncated"],
    ["of no known dialect", '{"hello":"world"}\n', 2, "name it: "],
  ])("a stream that is %s is an error", async (_what, text, code, why) => {
    const ended = await sluice(["replay", file("broken", text)]);
    expect(ended.stderr).toContain(why);
    expect(ended.code).toBe(code);
  });

  test("a file that is not there is an error", async () => {
    expect(await sluice(["replay", join(folder, "nothing")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("cannot be read"),
    });
  });
});

describe("sluice models and doctor", () => {
  test("list what is configured, by which variable", async () => {
    const { stdout } = await sluice(["models"], "", { GROQ_API_KEY: "gsk_0123456789" });
    expect(stdout).toMatch(/groq +ready +by GROQ_API_KEY/);
    expect(stdout).toMatch(/openai +– +set OPENAI_API_KEY/);
    expect(stdout).not.toContain("gsk_0123456789");
    expect(stdout).toContain("Ollama does not answer at http://127.0.0.1:9");
    const { services, local } = JSON.parse((await sluice(["models", "--json"])).stdout);
    expect(services.length).toBeGreaterThan(10);
    expect(local.find((server: { id: string }) => server.id === "ollama")).not.toHaveProperty("models");
  });

  test("a running Ollama is found, and is asked in its own protocol", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      if (request.url === "/api/tags") response.end(JSON.stringify({ models: [{ name: "llama3.2:latest" }] }));
      else {
        const line = (content: string, done: boolean) =>
          `${JSON.stringify({ model: "llama3.2", created_at: "2026-01-01T00:00:00Z", message: { role: "assistant", content }, done, ...(done && { done_reason: "stop", prompt_eval_count: 3, eval_count: 2 }) })}\n`;
        response.end(line("Hello", false) + line(" there", false) + line("", true));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { stdout, stderr } = await sluice(["ask", "Hi"], "", { OLLAMA_HOST: `127.0.0.1:${port}` });
    server.close();
    expect(stdout).toBe("Hello there\n");
    expect(stderr).toContain("ollama/llama3.2:latest: Ollama is running here");
    expect(asked).toEqual(["/api/tags", "/api/chat"]);
  });

  test("doctor says what a chat would use, and that a service cannot be reached", async () => {
    const { code, stdout } = await sluice(["doctor"], "", {
      OPENAI_API_KEY: "sk-x-0123456789",
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
    });
    expect(stdout).toMatch(/warn +openai +OPENAI_API_KEY is set, but: connect-failed/);
    expect(stdout).toMatch(/ok +chat +openai\/gpt-4.1-mini: OPENAI_API_KEY is set/);
    expect(code).toBe(0);
  });

  test("the version is the package's", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect((await sluice(["--version"])).stdout).toBe(`${version}\n`);
  });
});

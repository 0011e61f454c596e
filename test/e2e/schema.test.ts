import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";
import { serveDialect } from "../support/serve-dialect.js";
import { runNode } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-schema-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const WORD = {
  type: "object",
  properties: { word: { type: "string" }, length: { type: "integer", minimum: 1 } },
  required: ["word", "length"],
};

/** Runs `sluice ask --schema` against a server of OpenAI's protocol that says these texts. */
async function ask(
  schema: object,
  texts: readonly string[],
  words: readonly string[] = [],
  reason: FinishReason = "stop",
) {
  const server = await serveDialect(openAiChat, () => [
    { type: "start", id: "a1", model: "gpt-test" },
    ...texts.map((text): ChatEvent => ({ type: "text-delta", text })),
    { type: "finish", reason, usage: { inputTokens: 9, outputTokens: 4 } },
  ]);
  const env = { OPENAI_API_KEY: "sk-test-key-0123456789", OPENAI_BASE_URL: `${server.url}/v1` };
  const path = file("schema.json", JSON.stringify(schema));
  const ended = await runNode("dist/cli/main.js", ["ask", "--schema", path, ...words, "A word"], "", env);
  await server.close();
  return { ...ended, asked: server.requests[0]?.request };
}

describe("sluice ask --schema", () => {
  test("prints the JSON that fits, and nothing else on stdout", async () => {
    const { code, stdout, stderr, asked } = await ask(WORD, ['{"word": "sl', 'uice", "len', 'gth": 6}']);
    expect([code, stdout]).toEqual([0, '{"word": "sluice", "length": 6}\n']);
    expect(stderr).toContain("mode: json-schema");
    expect(stderr).toContain("9 in · 4 out");
    expect(asked?.responseFormat).toMatchObject({ type: "json-schema", name: "answer", schema: WORD });
  });

  test("asks for a list in an object, and prints the list", async () => {
    const { code, stdout, asked } = await ask(
      { type: "array", items: WORD },
      ['{"value": [{"word": "a", "le', 'ngth": 1}]}'],
      ["-q"],
    );
    expect([code, stdout]).toEqual([0, '[{"word": "a", "length": 1}]\n']);
    expect(asked?.responseFormat).toMatchObject({
      schema: { type: "object", properties: { value: { type: "array" } } },
    });
  });

  test.each([
    [
      ['{"word": "sluice", "length": 0}'],
      "stop",
      "error: invalid-output (openai/gpt-4.1-mini): the answer does not fit its schema: length: found 0; allowed: at least 1",
    ],
    [
      ["I'd say ", "sluice."],
      "stop",
      'error: invalid-output (openai/gpt-4.1-mini): not JSON at character 0: found "I"',
    ],
    [
      ['{"word": "slu'],
      "length",
      "error: incomplete-output (openai/gpt-4.1-mini): the model stopped (length) before its JSON was complete",
    ],
  ] as const)("ends with code 1 and says why when the answer is %j", async (texts, reason, message) => {
    const { code, stderr } = await ask(WORD, texts, ["-q"], reason);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  test("prints events with --json, and still holds the value to its schema", async () => {
    const { code, stdout, stderr } = await ask(WORD, ["{}"], ["--json", "-q"]);
    const types = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).type);
    expect(types.slice(-2)).toEqual(["finish", "error"]);
    expect(stderr).toContain("word: is missing");
    expect(code).toBe(1);
  });

  test.each([
    ["/nonexistent/schema.json", "there is no such file"],
    [file("broken.json", "{"), "JSON"],
    [file("list.json", "[]"), "not a JSON Schema, which is an object"],
  ])("refuses the schema %s", async (path, why) => {
    const { code, stdout, stderr } = await runNode("dist/cli/main.js", ["ask", "--schema", path, "Hi"], "");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`--schema: ${path}: `);
    expect(stderr).toContain(why);
  });
});

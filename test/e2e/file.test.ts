import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { type DialectServer, serveDialect } from "../support/serve-dialect.js";
import { runNode } from "./run.js";

const sluice = (words: string[], input = "", env = {}) => runNode("dist/cli/main.js", words, input, env);

const folder = mkdtempSync(join(tmpdir(), "sluice-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, bytes: Uint8Array | string) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));

const PNG = bytes("\x89PNG\r\n\x1a\n0000");
const PDF = bytes("%PDF-1.7\n\xff");
const WAV = bytes("RIFF0000WAVEfmt ");
const png = write("cat.png", PNG);
// Named otherwise than they are: the bytes tell.
const pdf = write("paper.dat", PDF);
const wav = write("voice.dat", WAV);
const notes = write("notes.md", "# Notes\n\n- ünï\n");

/** A server that says `Hi` to whatever it is asked, and keeps it. */
async function served(use: (server: DialectServer, env: Record<string, string>) => Promise<void>): Promise<void> {
  const usage = { inputTokens: 1, outputTokens: 1 };
  const server = await serveDialect(openAiChat, () => [
    { type: "start", id: "1", model: "gpt" },
    { type: "text-delta", text: "Hi" },
    { type: "finish", reason: "stop", usage },
  ]);
  try {
    await use(server, { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: `${server.url}/v1` });
  } finally {
    await server.close();
  }
}

/** What the user said in a request, files by their type and bytes. */
const contentOf = (server: DialectServer, request: number) =>
  server.requests[request]?.request.messages.findLast(({ role }) => role === "user")?.content;

describe("sluice ask --file", () => {
  test("sends images, sounds, documents and texts before the question", async () => {
    await served(async (server, env) => {
      const files = [png, pdf, wav, notes].flatMap((path) => ["--file", path]);
      const words = ["ask", "-q", "-m", "openai/gpt-4.1-mini", ...files, "What", "is", "this?"];
      const { code, stdout, stderr } = await sluice(words, "", env);
      expect([code, stdout, stderr]).toEqual([0, "Hi\n", ""]);
      expect(contentOf(server, 0)).toMatchObject([
        { type: "file", mediaType: "image/png", data: PNG },
        { type: "file", mediaType: "application/pdf", data: PDF },
        { type: "file", mediaType: "audio/wav", data: WAV },
        { type: "text", text: "notes.md:\n\n# Notes\n\n- ünï\n\n" },
        { type: "text", text: "What is this?" },
      ]);
    });
  });

  test("needs no words beside a file", async () => {
    const { code, stdout } = await sluice(["ask", "-q", "-m", "echo", "-f", notes]);
    expect([code, stdout]).toEqual([0, "notes.md:\n\n# Notes\n\n- ünï\n\n"]);
  });

  test("says before the call what a model does not take", async () => {
    await served(async (server, env) => {
      const { code, stderr } = await sluice(["ask", "-m", "openai/gpt-4", "-f", png, "?"], "", env);
      expect(code).toBe(2);
      expect(stderr).toContain(
        `error: unsupported (openai/gpt-4): file ${png}: found image (image/png); openai/gpt-4 takes text`,
      );
      expect(server.requests).toEqual([]);
    });
  });

  test("names a file that cannot be read", async () => {
    const path = join(folder, "none.png");
    const { code, stderr } = await sluice(["ask", "-f", path, "?"]);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: invalid-argument: file ${path}: there is no such file`);
  });
});

describe("sluice chat --file", () => {
  test("sends the file with the first line and not with the next", async () => {
    await served(async (server, env) => {
      const words = ["chat", "-m", "openai/gpt-4.1-mini", "--file", png];
      const { code, stderr } = await sluice(words, "What is this?\nSure?\n", env);
      expect(code).toBe(0);
      expect(stderr).toContain(`${png} (image/png, 12 bytes) goes with the next message`);
      expect(contentOf(server, 0)).toMatchObject([
        { type: "file", mediaType: "image/png", data: PNG },
        { type: "text", text: "What is this?" },
      ]);
      expect(contentOf(server, 1)).toBe("Sure?");
    });
  });
});

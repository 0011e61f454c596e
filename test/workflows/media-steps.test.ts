import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import type { Transcriber } from "../../src/speech/listen/transcriber.js";
import type { Voice } from "../../src/speech/voices/voice.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import type { StepType } from "../../src/workflows/steps/step-type.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { deferred } from "../support/deferred.js";
import { failure } from "../support/failure.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-media-"));
  writeFileSync(join(folder, "two.pdf"), pdf(["Locks lift boats.", "Weirs hold water."]));
  writeFileSync(join(folder, "letter.docx"), docx("Dear Ada, the lock is open."));
  writeFileSync(join(folder, "dot.png"), Buffer.from(PIXEL, "base64"));
  writeFileSync(join(folder, "broken.pdf"), "%PDF-1.4 and then nothing");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A picture of one pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A PDF with a line on each page (ISO 32000-1, 7.5). */
function pdf(lines: readonly string[]): Buffer {
  const kids = lines.map((_, index) => `${4 + 2 * index} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${lines.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...lines.flatMap((line, index) => {
      const drawn = `BT /F1 12 Tf 72 720 Td (${line}) Tj ET`;
      const page = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * index} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`;
      return [page, `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`];
    }),
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join("")}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text + table + trailer, "latin1");
}

/** A Word document with one paragraph: a ZIP of files that are not compressed (APPNOTE.TXT, 4.3). */
function docx(paragraph: string): Buffer {
  const types = "http://schemas.openxmlformats.org/package/2006/content-types";
  const main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
  const files: [string, string][] = [
    [
      "[Content_Types].xml",
      `<Types xmlns="${types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${main}"/></Types>`,
    ],
    [
      "_rels/.rels",
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="${office}" Target="word/document.xml"/></Relationships>`,
    ],
    [
      "word/document.xml",
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>${paragraph}</w:t></w:r></w:p></w:body></w:document>`,
    ],
  ];
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const data = Buffer.from(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, Buffer.from(name), data]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), shared, more, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

async function results(steps: JsonValue, services: WorkflowServices = {}): Promise<JsonObject> {
  return (await (await loadWorkflow({ steps }, { folder, ...services })).run().result).results;
}

const reading = (file_path: string) => [{ id: "read", type: "document_processing", inputs: { file_path } }];

test("a PDF is read page by page", async () => {
  const { read } = await results(reading("two.pdf"));
  expect(read).toMatchObject({ page_count: 2, source_type: "pdf" });
  expect(String((read as JsonObject).text)).toMatch(/Locks lift boats\.[\s\S]*Weirs hold water\./);
});

test("a Word document is read", async () => {
  const { read } = await results(reading("letter.docx"));
  expect(String((read as JsonObject).text).trim()).toBe("Dear Ada, the lock is open.");
});

test("a damaged document is an error of its step", async () => {
  expect(await failure(results(reading("broken.pdf")))).toMatchObject({
    message: expect.stringMatching(/^step read \(document_processing\)/),
  });
});

test("a picture goes to a model that sees, and pictures come from one that draws", async () => {
  const seen: unknown[] = [];
  const model = defineModel({
    id: "eyes",
    capabilities: { input: ["image"] },
    async *stream({ messages }) {
      const content = messages.at(-1)?.content;
      seen.push(Array.isArray(content) ? content.map(({ type }) => type) : content);
      yield "A dot.";
      yield { type: "file", mediaType: "image/png", data: Buffer.from(PIXEL, "base64") };
    },
  });
  const steps = [
    { id: "look", type: "llm_vision", inputs: { image_path: "dot.png", prompt: "What is it?" } },
    {
      id: "draw",
      type: "image",
      config: { output_path: "drawn/dot.png" },
      inputs: { prompt: { template: "Draw {what}", what: { from_step: "look", field: "analysis" } } },
    },
  ];
  const { look, draw } = await results(steps, { model });
  expect(look).toMatchObject({ analysis: "A dot." });
  expect(seen).toEqual([expect.arrayContaining(["file", "text"]), "Draw A dot."]);
  expect(readFileSync(String((draw as JsonObject).image)).toString("base64")).toBe(PIXEL);
});

test("what is said is written to a sound, and the sound is written down", async () => {
  const voice: Voice = {
    id: "bytes",
    format: { mediaType: "audio/pcm", sampleRate: 8_000 },
    concurrency: 1,
    maxChars: 1_000,
    async *synthesize(text) {
      yield { data: new Uint8Array(2 * text.length) };
    },
  };
  const transcriber: Transcriber = {
    id: "counts",
    transcribe: async (pcm, sampleRate) => `${pcm.length / 2} samples at ${sampleRate} Hz`,
  };
  const steps = [
    { id: "say", type: "tts", config: { output_path: "said.wav" }, inputs: { text: "Eighteen letters!!" } },
    { id: "hear", type: "stt", inputs: { audio_file_path: { from_step: "say", field: "audio_file_path" } } },
  ];
  const { hear } = await results(steps, { voices: { default: voice }, transcribers: { default: transcriber } });
  expect(hear).toMatchObject({ transcript: "18 samples at 8000 Hz", duration_seconds: 18 / 8_000 });
});

test("a graph is what the model found, and a judgement is what the judge said", async () => {
  const graph = {
    entities: [{ name: "Ada", type: "person" }],
    relationships: [{ source_entity: "Ada", target_entity: "Bob", relationship_type: "knows" }],
    summary: "Ada knows Bob.",
  };
  const found = await results([{ id: "graph", type: "graph_memory_format", inputs: { content: "Ada knows Bob" } }], {
    model: scripted([[JSON.stringify(graph)]]),
  });
  expect(found.graph).toMatchObject({ success: true, entity_count: 1, relationship_count: 1 });
  const definition = {
    name: "Summaries",
    prompt_template: { template: "Sum up {{text}}", required_variables: ["text"] },
    test_cases: [{ name: "one", context: { text: "a lock" } }],
    concept_checks: [{ type: "must_contain", description: "It names the lock", concept: "a lock", weight: 2 }],
  };
  const judge = scripted([["It lifts boats."], ["REASONING: it is there\nANSWER: YES\nCONFIDENCE: 0.9"]]);
  const config = { eval_id: "sums", evaluation_definition: definition, min_score: 0.5 };
  const judged = await results([{ id: "judge", type: "concept_evaluation", config }], { model: judge });
  expect(judged.judge).toMatchObject({ passed_test_cases: 1, total_test_cases: 1, quality_gate_passed: true });
  expect(judge.requests[0]?.messages).toMatchObject([{ content: "Sum up a lock" }]);
});

test("an answer goes through a step that reads it live on its way to the run's reader", async () => {
  const heard = deferred();
  const model = defineModel({
    id: "slow",
    async *stream() {
      yield "Call 555-0100. ";
      await heard.promise;
      yield "Bye.";
    },
  });
  const guard: StepType = {
    type: "mask",
    about: "Masks digits while they arrive.",
    inputs: { text: { schema: { type: "string" }, required: true } },
    results: { text: "The text." },
    main: "text",
    answers: true,
    live: ["text"],
    async run(context) {
      let masked = "";
      for await (const piece of context.live("text") ?? [String(await context.input("text"))]) {
        const shown = piece.replace(/\d/g, "#");
        masked += shown;
        await context.answer(shown);
      }
      return { text: masked };
    },
  };
  const steps = [
    { id: "chat", type: "llm_chat", inputs: { message: "Hi" } },
    { id: "guard", type: "mask", inputs: { text: { from_step: "chat", field: "response", live: true } } },
  ];
  const run = (await loadWorkflow({ steps }, { model, stepTypes: [guard] })).run();
  let text = "";
  for await (const event of run.stream) {
    if (event.type !== "text-delta") continue;
    text += event.text;
    // Were it not live, the model would wait for ever.
    heard.resolve();
  }
  expect(text).toBe("Call ###-####. Bye.");
});

import type { JsonObject, JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { type DocumentText, readDocument } from "../documents/read-document.js";
import { picturesOf } from "../files/pictures.js";
import { RunFolder } from "../files/run-folder.js";
import { anything, choice, flag, list, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { chunkText } from "../text/chunk-text.js";
import { callSettings, MODEL_FIELDS, requestSettings } from "./model-fields.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

/** A PDF with fewer characters than this a page is a scan. */
const SCANNED = 50;
const USUAL_VISION =
  "Write down all the text of this page or picture, in its order. Describe figures in a sentence each.";

/** Reads documents: text, Markdown, HTML, PDF, DOCX, and pictures through a model. */
export const documentProcessing: StepType = {
  type: "document_processing",
  aliases: ["document", "document_loader", "load_document", "read_file"],
  about: "Reads the text of documents: text, Markdown, HTML, PDF and DOCX; pictures through a model.",
  config: {
    ...MODEL_FIELDS,
    enhance_with_llm: flag("A model repairs the text: hyphenation, broken lines, headers. Default false."),
    semantic_analysis: flag("A model gives summary, key points and topics. Default false."),
    use_vision_fallback: flag("A scan or picture is read by a model. Default true."),
    force_vision_processing: flag("Pictures are always read by a model."),
    vision_prompt: text("What the model is asked of a picture."),
    create_semantic_chunks: flag("Gives the text in pieces too."),
    chunk_size: whole("Characters of a piece. Default 1,000.", 1),
    chunk_overlap: whole("Characters of a piece that the next one repeats. Default 0."),
    page_range: { ...list("The first and the last page, counted from 1."), raw: true },
    output_format: choice("text.", ["text", "dict", "json"]),
    extract_tables: flag("Not used: tables are read as text."),
    extract_images_text: flag("Not used."),
    include_bounding_boxes: flag("Not used."),
    preserve_layout: flag("Not used."),
    preserve_section_boundaries: flag("Not used."),
  },
  inputs: {
    file_path: anything("A path below the run's folder, or a list of them.", {
      aliases: ["document_path", "file", "path", "pdf_path", "image_path"],
    }),
    base64_image: anything("A picture as base64."),
  },
  results: {
    text: "The text; as a model repaired it with enhance_with_llm.",
    original_text: "The text as it was read.",
    enhanced_text: "The text as a model repaired it.",
    semantic_analysis: "What a model makes of it: analysis, summary, key_points.",
    key_points: "The main points.",
    summary: "The document in a few sentences.",
    semantic_chunks: "The text in pieces.",
    page_count: "How many pages.",
    vision_text: "What a model read in pictures.",
    processing_method: "What read it.",
    vision_processing_used: "Whether a model looked at pictures.",
    source_type: "text, markdown, html, pdf, docx, image; mixed.",
    documents: "Of a list: name, text, page_count of each.",
  },
  main: "text",
  group: "document",
  touches: ({ inputs }) =>
    typeof inputs.file_path === "string" ? [{ what: `file:${inputs.file_path}`, writes: false }] : [],
  check: ({ config, inputs }) =>
    Object.keys(inputs).length === 0 && config.file_path === undefined
      ? "document_processing needs inputs.file_path"
      : undefined,
  async run(context) {
    const documents = await readAll(context);
    const original =
      documents.length === 1
        ? (documents[0]?.text ?? "")
        : documents.map(({ name, text: one }) => `# ${name}\n\n${one}`).join("\n\n");
    const enhanced = wants(context, "enhance_with_llm", "enhanced_text") ? await enhance(context, original) : undefined;
    const best = enhanced ?? original;
    const analysis = wants(context, "semantic_analysis", "key_points", "semantic_analysis")
      ? await analyse(context, best)
      : undefined;
    const kinds = [...new Set(documents.map(({ kind }) => kind))];
    return {
      text: best,
      original_text: original,
      ...(enhanced !== undefined && { enhanced_text: enhanced }),
      ...(analysis && {
        semantic_analysis: analysis,
        key_points: analysis.key_points ?? [],
        summary: analysis.summary ?? "",
      }),
      semantic_chunks: chunked(context, best),
      page_count: documents.reduce((sum, { pages }) => sum + (pages?.length ?? 1), 0),
      vision_text: documents
        .map(({ vision = "" }) => vision)
        .join("\n\n")
        .trim(),
      processing_method: [...new Set(documents.map(({ method }) => method))].join(", "),
      vision_processing_used: documents.some(({ vision }) => vision !== undefined),
      source_type: kinds.length === 1 ? (kinds[0] ?? "text") : "mixed",
      documents: documents.map(
        ({ name, text: one, pages }): JsonObject => ({ name, text: one, page_count: pages?.length ?? 1 }),
      ),
    } satisfies StepResult;
  },
};

interface ReadDocument extends DocumentText {
  name: string;
  vision?: string;
}

async function readAll(context: StepContext): Promise<ReadDocument[]> {
  const picture = context.field("base64_image");
  if (picture !== undefined && picture !== null) return [await readPicture(context, picture, "picture")];
  const found = context.field("file_path") ?? context.need("file_path");
  const paths = (Array.isArray(found) ? found : [found]).map(asText);
  if (paths.length === 0)
    throw new SluiceError("invalid-argument", "there are no documents", { field: "inputs.file_path" });
  const documents: ReadDocument[] = [];
  for (const path of paths) documents.push(await readOne(context, path));
  return documents;
}

async function readOne(context: StepContext, path: string): Promise<ReadDocument> {
  const { config, services } = context;
  const folder = new RunFolder(services);
  const read = await readDocument(await folder.read(path), path);
  if (read.kind === "image") return readPicture(context, path, path);
  const pages = read.pages === undefined ? undefined : inRange(read.pages, config.page_range);
  const body = pages === undefined ? read.text : pages.join("\n\n");
  if (pages !== undefined && body.trim().length < SCANNED * pages.length && body.trim() === "") {
    const message = `${path} is a scan: it has no text, and its pages must be given as pictures`;
    throw new SluiceError("unsupported", message, { field: "file_path" });
  }
  return { ...read, text: body, name: path, ...(pages && { pages }) };
}

function inRange(pages: string[], range: JsonValue | undefined): string[] {
  if (!Array.isArray(range)) return pages;
  const [first, last] = range.map(Number);
  return pages.slice((first ?? 1) - 1, last ?? pages.length);
}

async function readPicture(context: StepContext, picture: JsonValue, name: string): Promise<ReadDocument> {
  const { config, services } = context;
  const parts = await picturesOf(picture, new RunFolder(services));
  const prompt = asText(config.vision_prompt ?? USUAL_VISION);
  const messages = [{ role: "user" as const, content: [...parts, { type: "text" as const, text: prompt }] }];
  const answer = await context.read(
    context.model().stream({ ...requestSettings(context), messages }, callSettings(context)),
  );
  return { text: answer.text, vision: answer.text, kind: "image", method: "vision", name };
}

/** Whether a setting is on, and what it makes is asked for: without declared outputs, everything is. */
function wants({ config, outputs }: StepContext, setting: string, ...made: readonly string[]): boolean {
  return config[setting] === true || made.some((name) => outputs.includes(name));
}

async function enhance(context: StepContext, body: string): Promise<string> {
  const system =
    "You repair text that was read from a document: join words and lines that were broken, remove page headers, footers and page numbers. Change nothing else. Answer with the text alone.";
  const messages = [
    { role: "system" as const, content: system },
    { role: "user" as const, content: body },
  ];
  const answer = await context.read(
    context.model().stream({ ...requestSettings(context), messages }, callSettings(context)),
  );
  return answer.text;
}

/** What a model makes of the document: a text with a summary and a list of points, as models write it. */
async function analyse(context: StepContext, body: string): Promise<JsonObject> {
  const question = `Give a summary of this document in a few sentences, and then its key points as a list, each after a dash:\n\n${body}`;
  const messages = [{ role: "user" as const, content: question }];
  const answer = await context.read(
    context.model().stream({ ...requestSettings(context), messages }, callSettings(context)),
  );
  const points = [...answer.text.matchAll(/^[^\S\n]{0,20}(?:[-*•]|\d{1,9}[.)])[^\S\n]+(\S.*)$/gm)].map(
    ([, point = ""]) => point.trim(),
  );
  const summary = answer.text.split(/^[^\S\n]{0,20}(?:[-*•]|\d{1,9}[.)])[^\S\n]+\S/m, 1)[0]?.trim() ?? "";
  return { analysis: answer.text, summary, key_points: points };
}

function chunked({ config }: StepContext, body: string): string[] {
  const { chunk_size: size = 1_000, chunk_overlap: overlap = 0 } = config;
  if (config.create_semantic_chunks !== true || typeof size !== "number" || typeof overlap !== "number") return [];
  return chunkText(body, { size, overlap });
}

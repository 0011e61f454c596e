import { anything, flag, number, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { type ChunkOptions, chunkText as cut } from "../text/chunk-text.js";
import type { StepType } from "./step-type.js";

/** Cuts a text into pieces of about the same length. */
export const chunkText: StepType = {
  type: "chunk_text",
  aliases: ["chunk", "text_splitter", "split_text"],
  about: "Cuts a text into pieces of about the same length, where paragraphs, sentences or words end.",
  config: {
    target_size: whole("Characters of a piece. Default 1,000.", 1, {
      aliases: ["chunk_size", "max_chunk_size", "size"],
    }),
    tolerance: number("How much longer or shorter: characters, or a share of the size below 1. Default 200.", {
      minimum: 0,
    }),
    overlap: whole("Characters of a piece that the next one repeats. Default 0.", 0, { aliases: ["chunk_overlap"] }),
    preserve_paragraphs: flag("Cuts between paragraphs where it can. Default true."),
    preserve_sentences: flag("Cuts between sentences where it can. Default true."),
    preserve_words: flag("Cuts between words where it can. Default true."),
    paragraph_separator: text("What paragraphs end with. Default: an empty line."),
    sentence_pattern: text("Not used: sentences are found as Unicode says."),
  },
  inputs: { text: required(anything("The text, or a list of them.", { aliases: ["content", "document", "input"] })) },
  results: {
    chunks: "The pieces, in order.",
    chunk_count: "How many there are.",
    total_length: "Characters of the text.",
  },
  main: "chunks",
  group: "document",
  run(context) {
    const { config } = context;
    const found = context.need("text");
    const texts = Array.isArray(found) ? found.map(asText) : [asText(found)];
    const options: ChunkOptions = {
      size: typeof config.target_size === "number" ? config.target_size : 1_000,
      ...(typeof config.tolerance === "number" && { tolerance: config.tolerance }),
      ...(typeof config.overlap === "number" && { overlap: config.overlap }),
      paragraphs: config.preserve_paragraphs !== false,
      sentences: config.preserve_sentences !== false,
      words: config.preserve_words !== false,
      ...(typeof config.paragraph_separator === "string" && { separator: config.paragraph_separator }),
    };
    const chunks = texts.flatMap((one) => cut(one, options));
    return { chunks, chunk_count: chunks.length, total_length: texts.reduce((sum, one) => sum + one.length, 0) };
  },
};

import { closeSync, openSync, writeSync } from "node:fs";

/** What the model in the file is like. */
export interface GgufSpec {
  /** Of the random weights. Default 1. */
  seed?: number;
  /** Default 2. */
  layers?: number;
  /** Size of an embedding; a multiple of 4. Default 64. */
  embedding?: number;
  /** Size of the feed-forward layers. Default twice the embedding. */
  feedForward?: number;
  /** Default 512. */
  contextLength?: number;
  /** Jinja; default: each message between a token for its role and `<|end|>`. `false`: none. */
  chatTemplate?: string | false;
  /** More pieces for the vocabulary; a space is written `▁`. */
  pieces?: readonly string[];
  /**
   * What the model says, whatever it is asked, token by token: pieces, bytes as `<0xE2>`, the control tokens below. Each
   * may occur once. The weights then follow from it and nothing is random; `<|end|>` comes after the last. It begins after
   * the last token of a prompt: `<|assistant|>`, or without a template the space of `[/INST] `.
   */
  says?: readonly string[];
}

const CONTROL = ["<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"];

/**
 * Every printable ASCII character, and words, so that what a random model says is mostly text. Words are only said: a
 * prompt is read by character, since the tokenizer joins pieces two by two and the steps between are not here.
 */
const PIECES = [
  ...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)),
  "▁",
  ..."▁the ▁and ▁of ▁to ▁water ▁gate ▁stream ▁pace ▁lets ▁through ▁other ▁side ing tion er ly est Hello ▁world".split(
    " ",
  ),
  "\n",
];

const TEMPLATE =
  "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] + '<|end|>' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

/** llama.cpp's kinds of tokens (`llama_token_type`). */
const TOKEN = { normal: 1, unknown: 2, control: 3, byte: 6 };

/** GGUF's types of values. */
const TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 };

const ALIGNMENT = 32;

/**
 * Writes a model of the llama architecture that llama.cpp loads: 32-bit weights from a seeded generator, a SentencePiece
 * vocabulary whose bytes take any text, a chat template.
 *
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 3).
 */
export function writeGguf(file: string, spec: GgufSpec = {}): void {
  const { layers = 2, embedding = 64, contextLength = 512, chatTemplate = TEMPLATE } = spec;
  const feedForward = spec.feedForward ?? embedding * 2;
  const vocabulary = vocabularyOf(spec);
  const ids = new Map(vocabulary.map(({ text }, id) => [text, id]));
  const id = (text: string) => ids.get(text) ?? 0;
  const metadata = new Bytes();
  const entries: [key: string, write: () => void][] = [
    ["general.architecture", () => metadata.typedString("llama")],
    ["general.name", () => metadata.typedString("tiny")],
    ["llama.context_length", () => metadata.typedU32(contextLength)],
    ["llama.embedding_length", () => metadata.typedU32(embedding)],
    ["llama.block_count", () => metadata.typedU32(layers)],
    ["llama.feed_forward_length", () => metadata.typedU32(feedForward)],
    ["llama.attention.head_count", () => metadata.typedU32(2)],
    ["llama.attention.head_count_kv", () => metadata.typedU32(2)],
    ["llama.attention.layer_norm_rms_epsilon", () => metadata.typedF32(1e-5)],
    ["llama.rope.dimension_count", () => metadata.typedU32(embedding / 2)],
    ["tokenizer.ggml.model", () => metadata.typedString("llama")],
    ["tokenizer.ggml.tokens", () => metadata.array(TYPE.string, vocabulary, ({ text }) => metadata.string(text))],
    // A longer piece is the better one.
    ["tokenizer.ggml.scores", () => metadata.array(TYPE.f32, vocabulary, ({ text }) => metadata.f32(text.length))],
    ["tokenizer.ggml.token_type", () => metadata.array(TYPE.i32, vocabulary, ({ type }) => metadata.u32(type))],
    ["tokenizer.ggml.unknown_token_id", () => metadata.typedU32(0)],
    ["tokenizer.ggml.bos_token_id", () => metadata.typedU32(id("<s>"))],
    ["tokenizer.ggml.eos_token_id", () => metadata.typedU32(id("</s>"))],
    ["tokenizer.ggml.eot_token_id", () => metadata.typedU32(id("<|end|>"))],
    ["tokenizer.ggml.add_space_prefix", () => metadata.typedBool(false)],
  ];
  if (chatTemplate !== false) entries.push(["tokenizer.chat_template", () => metadata.typedString(chatTemplate)]);
  for (const [key, write] of entries) {
    metadata.string(key);
    write();
  }

  const { says } = spec;
  const chain = says && [chatTemplate === false ? "▁" : "<|assistant|>", ...says, "<|end|>"].map(id);
  const weights = chain === undefined ? randomWeights(spec.seed ?? 1) : scriptedWeights(chain, embedding);
  const tensors = tensorsOf(layers, embedding, feedForward, vocabulary.length);
  const header = new Bytes();
  header.raw(Buffer.from("GGUF"));
  header.u32(3);
  header.u64(tensors.length);
  header.u64(entries.length);
  header.raw(metadata.take());
  let offset = 0;
  for (const { name, shape } of tensors) {
    header.string(name);
    header.u32(shape.length);
    for (const size of shape) header.u64(size);
    header.u32(0);
    header.u64(offset);
    offset += aligned(4 * sizeOf(shape));
  }

  const to = openSync(file, "w");
  try {
    const head = header.take();
    writeSync(to, padded(head));
    for (const tensor of tensors) writeSync(to, padded(Buffer.from(weights(tensor).buffer)));
  } finally {
    closeSync(to);
  }
}

interface Token {
  text: string;
  type: number;
}

function vocabularyOf({ pieces = [], says = [] }: GgufSpec): Token[] {
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`);
  const special = new Set([...CONTROL, ...bytes]);
  const normal = new Set([...PIECES, ...pieces, ...says.filter((piece) => !special.has(piece))]);
  return [
    { text: "<unk>", type: TOKEN.unknown },
    ...CONTROL.map((text) => ({ text, type: TOKEN.control })),
    ...bytes.map((text) => ({ text, type: TOKEN.byte })),
    ...[...normal].map((text) => ({ text, type: TOKEN.normal })),
  ];
}

interface Tensor {
  name: string;
  /** The innermost dimension first. */
  shape: number[];
}

function tensorsOf(layers: number, embedding: number, feedForward: number, vocabulary: number): Tensor[] {
  const block = (i: number): Tensor[] => [
    { name: `blk.${i}.attn_norm.weight`, shape: [embedding] },
    { name: `blk.${i}.attn_q.weight`, shape: [embedding, embedding] },
    { name: `blk.${i}.attn_k.weight`, shape: [embedding, embedding] },
    { name: `blk.${i}.attn_v.weight`, shape: [embedding, embedding] },
    { name: `blk.${i}.attn_output.weight`, shape: [embedding, embedding] },
    { name: `blk.${i}.ffn_norm.weight`, shape: [embedding] },
    { name: `blk.${i}.ffn_gate.weight`, shape: [embedding, feedForward] },
    { name: `blk.${i}.ffn_up.weight`, shape: [embedding, feedForward] },
    { name: `blk.${i}.ffn_down.weight`, shape: [feedForward, embedding] },
  ];
  return [
    { name: "token_embd.weight", shape: [embedding, vocabulary] },
    { name: "output_norm.weight", shape: [embedding] },
    { name: "output.weight", shape: [embedding, vocabulary] },
    ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
  ];
}

type Weights = (tensor: Tensor) => Float32Array<ArrayBuffer>;

function randomWeights(seed: number): Weights {
  const random = mulberry32(seed);
  return ({ name, shape }) => {
    const weights = new Float32Array(sizeOf(shape));
    const scale = 2 / Math.sqrt(shape[0] ?? 1);
    const norm = name.includes("norm");
    for (let i = 0; i < weights.length; i++) weights[i] = norm ? 1 : (random() * 2 - 1) * scale;
    return weights;
  };
}

/**
 * The blocks add nothing, so that what comes out depends on the last token alone: its embedding, a row of random signs, is
 * nearly orthogonal to all others and is the output row of the token that follows it.
 */
function scriptedWeights(chain: readonly number[], embedding: number): Weights {
  const sign = (token: number, i: number) => (mulberry32(token * embedding + i)() < 0.5 ? -1 : 1);
  return ({ name, shape }) => {
    const weights = new Float32Array(sizeOf(shape));
    if (name.includes("norm")) weights.fill(1);
    if (name === "token_embd.weight") {
      for (let i = 0; i < weights.length; i++) weights[i] = sign(Math.floor(i / embedding), i % embedding);
    }
    if (name === "output.weight") {
      for (const [position, token] of chain.slice(1).entries()) {
        const before = chain[position] ?? 0;
        for (let i = 0; i < embedding; i++) weights[token * embedding + i] = sign(before, i);
      }
    }
    return weights;
  };
}

/** Tommy Ettinger's generator: small, seeded, good enough for weights. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
}

/** Little-endian values, one after the other. */
class Bytes {
  readonly #parts: Buffer[] = [];

  take(): Buffer {
    return Buffer.concat(this.#parts);
  }

  raw(bytes: Buffer): void {
    this.#parts.push(bytes);
  }

  u32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.raw(bytes);
  }

  u64(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.raw(bytes);
  }

  f32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.raw(bytes);
  }

  string(value: string): void {
    const bytes = Buffer.from(value);
    this.u64(bytes.length);
    this.raw(bytes);
  }

  typedU32(value: number): void {
    this.u32(TYPE.u32);
    this.u32(value);
  }

  typedF32(value: number): void {
    this.u32(TYPE.f32);
    this.f32(value);
  }

  typedBool(value: boolean): void {
    this.u32(TYPE.bool);
    this.raw(Buffer.from([value ? 1 : 0]));
  }

  typedString(value: string): void {
    this.u32(TYPE.string);
    this.string(value);
  }

  array<T>(type: number, items: readonly T[], write: (item: T) => void): void {
    this.u32(TYPE.array);
    this.u32(type);
    this.u64(items.length);
    for (const item of items) write(item);
  }
}

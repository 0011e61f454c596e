import { type Check, exactly, having, limit } from "../checks.js";
/** Turns bytes that arrive in pieces into text. A character that is cut stays back until its rest arrives. */
export interface TextDecoding {
  write(bytes: Uint8Array): string;
  /** What is left: U+FFFD for an unfinished character. */
  end(): string;
}

/** UTF-8 with what every platform has. Node's `StringDecoder` does the same for less and fits the same interface. */
export function utf8Decoding(): TextDecoding {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

/** Settings of a frame reader. */
export interface FramingOptions {
  /** Largest frame, in UTF-16 code units (for ASCII: bytes). Default 16 Mi. */
  maxFrameLength?: number;
  /** Default: `utf8Decoding()`. */
  decoding?: TextDecoding;
}

const FRAMING = /* @__PURE__ */ exactly("a frame reader", {
  maxFrameLength: limit,
  decoding: /* @__PURE__ */ having("a decoding", "write", "end"),
} satisfies Record<keyof FramingOptions, Check>);

/** Looks at the settings of a frame reader. */
export function checkFraming(options: FramingOptions): Required<FramingOptions> {
  FRAMING(options, "");
  return { maxFrameLength: options.maxFrameLength ?? MAX_FRAME_LENGTH, decoding: options.decoding ?? utf8Decoding() };
}

/** Default of `maxFrameLength`: room for an image in base64. */
export const MAX_FRAME_LENGTH = 16 * 1024 * 1024;

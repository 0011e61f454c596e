import { SAMPLE_BYTES } from "./pcm.js";

/** The two laws of telephony by which a sample is one byte (ITU-T G.711), at 8,000 samples a second. */
export type G711Law = "mu-law" | "a-law";

/** Added before µ-law finds a sample's segment (G.711, table 2a, scaled to 16 bits). */
const MU_BIAS = 0x84;
/** The loudest sample that µ-law can hold without its bias. */
const MU_CLIP = 32_635;

/** 16-bit samples of G.711 bytes. */
export function decodeG711(bytes: Uint8Array, law: G711Law): Uint8Array {
  const pcm = new Uint8Array(bytes.length * SAMPLE_BYTES);
  const view = new DataView(pcm.buffer);
  const decode = law === "mu-law" ? fromMuLaw : fromALaw;
  for (const [index, byte] of bytes.entries()) view.setInt16(index * SAMPLE_BYTES, decode(byte), true);
  return pcm;
}

/** G.711 bytes of whole 16-bit samples. */
export function encodeG711(pcm: Uint8Array, law: G711Law): Uint8Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const encode = law === "mu-law" ? toMuLaw : toALaw;
  return Uint8Array.from({ length: Math.floor(pcm.length / SAMPLE_BYTES) }, (_, index) =>
    encode(view.getInt16(index * SAMPLE_BYTES, true)),
  );
}

function fromMuLaw(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + MU_BIAS) << ((bits & 0x70) >> 4);
  return bits & 0x80 ? MU_BIAS - magnitude : magnitude - MU_BIAS;
}

function toMuLaw(sample: number): number {
  const magnitude = Math.min(MU_CLIP, Math.abs(sample)) + MU_BIAS;
  const segment = 31 - Math.clz32(magnitude) - 7;
  const bits = (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f);
  return ~(sample < 0 ? bits | 0x80 : bits) & 0xff;
}

function fromALaw(byte: number): number {
  const bits = byte ^ 0x55;
  const segment = (bits & 0x70) >> 4;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

function toALaw(sample: number): number {
  const magnitude = Math.min(32_767, sample < 0 ? -sample - 1 : sample);
  const segment = Math.max(0, 31 - Math.clz32(magnitude | 1) - 7);
  const bits = (segment << 4) | ((magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f);
  return (sample < 0 ? bits : bits | 0x80) ^ 0x55;
}

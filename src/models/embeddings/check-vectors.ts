import { SluiceError } from "../../stream/error.js";

/**
 * What a service gave as vectors, one for each text and all of one length.
 *
 * @throws {SluiceError} `malformed-frame` for anything else: a vector at the wrong text would never be noticed.
 */
export function checkVectors(found: unknown, texts: number, model: string): number[][] {
  if (!Array.isArray(found) || found.length !== texts) {
    const count = Array.isArray(found) ? `${found.length} vectors` : "no vectors";
    throw new SluiceError("malformed-frame", `${model} answered ${texts} texts with ${count}`, { model });
  }
  const vectors: number[][] = [];
  for (const [index, vector] of found.entries()) {
    if (!isVector(vector) || vector.length !== (vectors[0] ?? vector).length) {
      throw new SluiceError(
        "malformed-frame",
        `${model}: what it gave for text ${index} is no vector like the others`,
        {
          model,
          frame: JSON.stringify(vector)?.slice(0, 500) ?? "",
        },
      );
    }
    vectors.push(vector);
  }
  return vectors;
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "number");
}

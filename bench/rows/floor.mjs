// What it costs to have the bytes: undici's `request`, and nobody looks inside.
import { request } from "undici";
import { POST } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  return async (onPiece) => {
    const { body } = await request(`${baseUrl}/chat/completions`, POST);
    for await (const bytes of body) {
      const pause = onPiece(bytes);
      if (pause) await pause;
    }
    return undefined;
  };
}

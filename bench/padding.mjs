const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
let paddings = 0;

/** OpenAI pads each chunk with random letters, so that its size does not betray the token: ten characters with it. */
export function padding(/** @type {string} */ content) {
  const start = (paddings++ * 17) % ALPHABET.length;
  return (ALPHABET + ALPHABET).slice(start, start + Math.max(1, 10 - content.length));
}

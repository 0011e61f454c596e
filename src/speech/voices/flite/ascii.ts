/** Signs that Flite would drop, and what it reads instead. */
const SIGNS: Readonly<Record<string, string>> = {
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "«": '"',
  "»": '"',
  "–": ", ",
  "—": ", ",
  "…": "...",
  "•": ", ",
  "·": " ",
  "×": " times ",
  "÷": " divided by ",
  "±": " plus or minus ",
  "≈": " about ",
  "≤": " at most ",
  "≥": " at least ",
  "→": " to ",
  "°": " degrees ",
  "€": " euros ",
  "£": " pounds ",
  "¥": " yen ",
  "©": " copyright ",
  "®": "",
  "™": "",
  "½": " one half",
  "¼": " one quarter",
  "¾": " three quarters",
  "²": " squared",
  "³": " cubed",
  µ: "micro",
  μ: "micro",
  ß: "ss",
  æ: "ae",
  Æ: "Ae",
  œ: "oe",
  Œ: "Oe",
  ø: "o",
  Ø: "O",
  ł: "l",
  Ł: "L",
  đ: "d",
  Đ: "D",
  ð: "th",
  Ð: "Th",
  þ: "th",
  Þ: "Th",
  ı: "i",
};

// Control characters and those beyond ASCII.
const OTHER = /[^\x20-\x7e]/gu;
const MARKS = /\p{M}/gu;

/** A text in ASCII, which is all that Flite reads, and what of it could not be written so. */
export function toAscii(text: string): { text: string; lost: string } {
  let lost = "";
  const ascii = text.normalize("NFC").replace(OTHER, (character) => {
    const sign = Object.hasOwn(SIGNS, character) ? SIGNS[character] : undefined;
    if (sign !== undefined) return sign;
    const base = character.normalize("NFKD").replace(MARKS, "");
    if (/^[\x20-\x7e]+$/.test(base)) return base;
    if (/\p{L}|\p{N}/u.test(character)) lost += character;
    return " ";
  });
  return { text: ascii.replace(/\s+/g, " ").trim(), lost };
}

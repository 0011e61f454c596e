import { type Key, pressed } from "./key.js";

/** What stands at the beginning of an input: a key and its length, `undefined` where the rest must arrive first. */
export interface Decoded {
  /** `undefined` for what is no key: an answer to a question that nobody asked, a key that has no meaning here. */
  key: Key | undefined;
  length: number;
}

/** The longest answer of a terminal (OSC, DCS and the like) that is waited for. */
const LONGEST_ANSWER = 4_096;

/** Keys by the last character of `CSI … X` and `SS3 X` (xterm's control sequences, "PC-Style Function Keys"). */
const BY_LETTER: Readonly<Record<string, string>> = { A: "up", B: "down", C: "right", D: "left", F: "end", H: "home" };
/** Keys by the number in `CSI n ~`. */
const BY_NUMBER: Readonly<Record<string, string>> = { 1: "home", 3: "delete", 4: "end", 7: "home", 8: "end" };
/** Keys by their code in `CSI code ; modifiers u` (the keyboard protocols of fixterms and kitty). */
const BY_CODE: Readonly<Record<number, string>> = {
  8: "backspace",
  9: "tab",
  13: "enter",
  27: "escape",
  127: "backspace",
  57414: "enter",
};

/** A control sequence behind its escape (ECMA-48, 5.4): parameters, and the last character where it has arrived. */
const CSI = /^\[([0-?]*)[ -/]*([@-~])?/;

/** The key at the beginning of a text that is no paste. @param isWhole whether nothing more will come of what was begun. */
export function decodeKey(text: string, isWhole: boolean): Decoded | undefined {
  const first = text.charAt(0);
  if (first === "\u001b") return decodeEscape(text, isWhole);
  const control = decodeControl(first);
  if (control !== undefined) return { key: control, length: 1 };
  const [run = first] = /^[^\p{Cc}]+/u.exec(text) ?? [];
  return { key: /^\p{Cc}/u.test(run) ? undefined : { type: "text", text: run }, length: run.length };
}

function decodeControl(character: string): Key | undefined {
  const code = character.charCodeAt(0);
  switch (character) {
    case "\r":
      return pressed("enter");
    case "\t":
      return pressed("tab");
    case "\b":
    case "\u007f":
      return pressed("backspace");
    default:
  }
  if (code === 0 || code >= 0x20) return undefined;
  return pressed(String.fromCharCode(code + (code < 0x1b ? 0x60 : 0x40)), { ctrl: true });
}

function decodeEscape(text: string, isWhole: boolean): Decoded | undefined {
  const second = text.charAt(1);
  if (second === "" || second === "\u001b") {
    return second === "" && !isWhole ? undefined : { key: pressed("escape"), length: 1 };
  }
  if (second === "[") return decodeCsi(text, isWhole);
  if (second === "O" && text.length < 3 && !isWhole) return undefined;
  if (second === "O" && BY_LETTER[text.charAt(2)] !== undefined) {
    return { key: pressed(BY_LETTER[text.charAt(2)] ?? ""), length: 3 };
  }
  if (/[\]P^_X]/.test(second)) return skipAnswer(text, isWhole);
  const character = String.fromCodePoint(text.codePointAt(1) ?? 0);
  const control = decodeControl(character);
  const length = 1 + character.length;
  if (control?.type === "key") return { key: { ...control, alt: true }, length };
  return { key: pressed(character.toLowerCase(), { alt: true }), length };
}

function decodeCsi(text: string, isWhole: boolean): Decoded | undefined {
  const [all = "", parameters = "", last] = CSI.exec(text.slice(1)) ?? [];
  const length = 1 + all.length;
  if (last !== undefined) return { key: keyOfCsi(parameters, last), length };
  // An unfinished sequence is no key; what follows an unknown sequence is read for itself.
  return length === text.length && !isWhole ? undefined : { key: undefined, length };
}

function keyOfCsi(parameters: string, last: string): Key | undefined {
  const [code = "", state = "1", third = ""] = parameters.split(";");
  const [modifiers = "1", event = "1"] = state.split(":");
  // A key that is let go is no key.
  if (event === "3") return undefined;
  const bits = Number(modifiers) - 1;
  const down = { shift: (bits & 1) > 0, alt: (bits & 2) > 0, ctrl: (bits & 4) > 0 };
  if (last === "u") return keyOfCode(Number.parseInt(code, 10), down, code);
  if (last === "~" && code === "27") return keyOfCode(Number.parseInt(third, 10), down, third);
  if (last === "Z") return pressed("tab", { shift: true });
  const name = last === "~" ? BY_NUMBER[code] : BY_LETTER[last];
  return name === undefined ? undefined : pressed(name, down);
}

function keyOfCode(
  code: number,
  down: { shift: boolean; alt: boolean; ctrl: boolean },
  written: string,
): Key | undefined {
  const name = BY_CODE[code];
  // Some terminals write Shift-Enter as `CSI 13:2u`.
  if (name !== undefined) return pressed(name, { ...down, shift: down.shift || written === "13:2" });
  if (!Number.isInteger(code) || code < 0x20 || code > 0x10ffff || (code >= 0xe000 && code <= 0xf8ff)) return undefined;
  const character = String.fromCodePoint(code);
  if (down.ctrl || down.alt) return pressed(character.toLowerCase(), { ...down, shift: false });
  return { type: "text", text: down.shift ? character.toUpperCase() : character };
}

/** An answer of the terminal to a question (OSC, DCS, APC, PM, SOS: ECMA-48, 8.3): nobody asked one here. */
function skipAnswer(text: string, isWhole: boolean): Decoded | undefined {
  for (const end of ["\u0007", "\u001b\\"]) {
    const at = text.slice(0, LONGEST_ANSWER).indexOf(end, 2);
    if (at !== -1) return { key: undefined, length: at + end.length };
  }
  if (!isWhole && text.length < LONGEST_ANSWER) return undefined;
  return { key: pressed(text.charAt(1).toLowerCase(), { alt: true }), length: 2 };
}

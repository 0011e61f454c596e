import type { Command } from "commander";
import { editDistance } from "../base/nearest.js";
import { SluiceError } from "../stream/error.js";

/** What the program itself takes in a command's place. */
const OWN = ["-h", "--help", "-V", "--version"];

/**
 * The words of a call with the command that is meant, where they name none: what begins with another word is a question for
 * `ask`, and so is what stands behind `--`; without any it is a chat at a terminal, and elsewhere a question on stdin.
 *
 * @throws {SluiceError} `invalid-argument` for a first word that is a command but for a slip of the hand.
 */
export function meantWords(words: readonly string[], program: Command, isTerminal: boolean): readonly string[] {
  const names = [...program.commands.map((command) => command.name()), "help"];
  const [first] = words;
  if (first !== undefined && (names.includes(first) || OWN.includes(first))) return words;
  const at = firstOperand(words, program);
  const operand = words[at];
  if (operand === undefined) return [isTerminal ? "chat" : "ask", ...words];
  // What stands behind two hyphens is said, whatever word it is.
  if (words[at - 1] === "--") return ["ask", ...words];
  // Options may stand before the command that they belong to.
  if (names.includes(operand)) return [operand, ...words.slice(0, at), ...words.slice(at + 1)];
  const meant = at === 0 ? names.find((name) => isSlip(operand, name)) : undefined;
  if (meant === undefined) return ["ask", ...words];
  const message = `unknown command ${operand} (did you mean ${meant}? to ask it: sluice ask ${operand} …)`;
  throw new SluiceError("invalid-argument", message, { field: "command" });
}

/** Where the first word stands that is neither an option nor the value of one; behind the end if there is none. */
function firstOperand(words: readonly string[], { commands }: Command): number {
  const options = commands
    .filter((command) => ["ask", "chat"].includes(command.name()))
    .flatMap(({ options }) => options);
  const takesValue = (flag: string) =>
    options.some(({ short, long, required }) => required && (flag === short || flag === long));
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return at + 1;
    if (!word.startsWith("-") || word === "-") return at;
    if (takesValue(word)) at++;
    else if (!word.startsWith("--")) {
      // Of `-qm`, the last may take the next word.
      const letters = [...word.slice(1)];
      const taking = letters.findIndex((letter) => takesValue(`-${letter}`));
      if (taking === letters.length - 1) at++;
    }
  }
  return words.length;
}

/**
 * Whether one word is the other but for a letter, two that changed places, or in a longer one two letters. Slips spare the first
 * letter: `what` is no `chat`.
 */
function isSlip(word: string, name: string): boolean {
  if (!/^[a-z-]{3,}$/.test(word)) return false;
  if (isSwapped(word, name)) return true;
  return word[0] === name[0] && editDistance(word, name) <= (name.length > 6 ? 2 : 1);
}

function isSwapped(word: string, name: string): boolean {
  const at = [...word].findIndex((letter, index) => letter !== name[index]);
  return word.length === name.length && `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}` === name;
}

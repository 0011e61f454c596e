import type { Entry } from "./read-entry.js";

/** Where what a person enters comes from, one entry when asked for. */
export interface TypedInput {
  /** The next entry; `undefined` once nothing more will come. What was entered before it was asked for comes first. */
  next(): Promise<Entry | undefined>;
  /** The answer to a question. What was entered before the question does not answer it, and stays for later. */
  ask(): Promise<string | undefined>;
  /** Forgets the entries that wait; they are in the history. @returns how many. */
  forget(): number;
  /** Takes away what is half written. @returns `false` where there is nothing. */
  clear(): boolean;
  /** Shows a text above the prompt. */
  say(text: string): void;
  /** Whether the person has read how to leave and has entered nothing since. */
  knowsHowToLeave: boolean;
  /** Nothing more is taken; whoever waits gets `undefined`. */
  close(): void;
}

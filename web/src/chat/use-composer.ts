import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import type { OpenConversation } from "../conversation/conversation.js";
import type { GivenFile } from "../store/records.js";
import { speakAnswer, speaksAnswers, stopSpeaking } from "../voice/speaking.js";
import { talkState } from "../voice/talk.js";
import { draftFilesOf, draftOf, setDraft } from "./drafts.js";
import { readFiles } from "./read-files.js";

/** What is being written, and what sends it. */
export interface ComposerState {
  draft: ReadonlySignal<string>;
  files: Signal<readonly GivenFile[]>;
  /** Why files were refused; "" if none were. */
  problem: ReadonlySignal<string>;
  /** Replaces the draft. */
  write(text: string): void;
  /** Attaches files. */
  attach(given: Iterable<File>): Promise<void>;
  /** Sends a text at once. @param aloud whether the answer is spoken. */
  ask(text: string, given: GivenFile[], aloud: boolean): void;
  /** Sends the draft and its files, if there is anything. */
  send(): void;
}

/** @param onSent something was sent. */
export function useComposer(conversation: OpenConversation, onSent: () => void): ComposerState {
  const files = draftFilesOf(conversation.id);
  const problem = useSignal("");
  const isNew = conversation.path.value.length === 0;
  const draft = draftOf(conversation.id, isNew);
  const write = (text: string) => setDraft(conversation.id, text, isNew);
  const ask = (text: string, given: GivenFile[], aloud: boolean) => {
    stopSpeaking();
    conversation.send(text, given);
    const answer = conversation.running.peek();
    if (aloud && answer !== undefined) void speakAnswer(answer);
    onSent();
  };
  const send = () => {
    const text = draft.value.trim();
    if (text === "" && files.value.length === 0) return;
    ask(text, [...files.value], speaksAnswers.peek() || talkState.peek() !== "off");
    write("");
    files.value = [];
    problem.value = "";
  };
  const attach = async (given: Iterable<File>) => {
    const { read, refused } = await readFiles(given);
    files.value = [...files.value, ...read];
    problem.value = refused;
  };
  return { draft, files, problem, write, attach, ask, send };
}

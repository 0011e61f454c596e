import { useEffect } from "preact/hooks";
import { Icon } from "../design/icon.js";
import { servedSound } from "./served-sound.js";
import { beginTalk, endTalk, type TalkState, talkState } from "./talk.js";

const LABELS: Readonly<Record<TalkState, string>> = {
  off: "Talk with it",
  opening: "End the talk: the microphone is being opened",
  listening: "End the talk: it listens",
  hearing: "End the talk: it hears you",
  transcribing: "End the talk: it writes down what you said",
};

/** Talks: listens, sends what was said, and speaks the answers. Needs a voice and a transcriber of the server's. */
export function TalkButton({ onText }: { onText(text: string): void }) {
  const [transcriber] = servedSound.value.transcribers;
  const possible = transcriber !== undefined && servedSound.value.voices.length > 0;
  useEffect(() => endTalk, []);
  if (!possible) return null;
  const state = talkState.value;
  const on = state !== "off";
  return (
    <button
      type="button"
      class={on ? `icon-button talking ${state}` : "icon-button"}
      aria-pressed={on}
      aria-label="Talk"
      title={LABELS[state]}
      onClick={() => (on ? endTalk() : void beginTalk({ transcriber, send: onText }))}
    >
      <Icon name="talk" />
    </button>
  );
}

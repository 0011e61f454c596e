import type { LiveAnswer } from "../conversation/live-answer.js";
import { Icon } from "../design/icon.js";
import { servedSound } from "./served-sound.js";
import { speakAnswer, speaking, stopSpeaking } from "./speaking.js";

/** Reads an answer aloud, or stops. */
export function SpeakButton({ answer }: { answer: LiveAnswer }) {
  if (servedSound.value.voices.length === 0) return null;
  const on = speaking.value?.answer === answer;
  const label = on ? "Stop reading" : "Read aloud";
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => (on ? stopSpeaking() : void speakAnswer(answer))}
    >
      <Icon name={on ? "stop" : "speaker"} />
    </button>
  );
}

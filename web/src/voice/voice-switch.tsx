import { Icon } from "../design/icon.js";
import { servedSound } from "./served-sound.js";
import { setSpeaksAnswers, speaksAnswers } from "./speaking.js";

/** Whether answers are spoken as they come. */
export function VoiceSwitch() {
  if (servedSound.value.voices.length === 0) return null;
  const on = speaksAnswers.value;
  return (
    <button
      type="button"
      class="icon-button"
      aria-pressed={on}
      aria-label="Speak the answers"
      title={on ? "Answers are spoken as they come" : "Speak the answers as they come"}
      onClick={() => setSpeaksAnswers(!on)}
    >
      <Icon name="voice" />
    </button>
  );
}

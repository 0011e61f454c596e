import { useSignal } from "@preact/signals";
import { messageOf } from "../../../src/stream/error.js";
import { Icon } from "../design/icon.js";
import { Dictation } from "./dictation.js";
import { servedSound } from "./served-sound.js";
import { speechProblem, stopSpeaking } from "./speaking.js";

/** Writes down what is said. Whoever begins to speak is not talked over: what is spoken stops at once. */
export function DictateButton({ onText }: { onText(text: string): void }) {
  const state = useSignal<"idle" | "writing" | Dictation>("idle");
  const [transcriber] = servedSound.value.transcribers;
  if (transcriber === undefined) return null;
  const now = state.value;
  const press = async () => {
    try {
      if (now === "idle") {
        stopSpeaking();
        state.value = await Dictation.begin();
        return;
      }
      if (now === "writing") return;
      state.value = "writing";
      const text = await now.end(transcriber);
      if (text !== "") onText(text);
      state.value = "idle";
    } catch (thrown) {
      state.value = "idle";
      speechProblem.value = `Nothing was written down: ${messageOf(thrown)}`;
    }
  };
  const label =
    now === "idle" ? "Dictate" : now === "writing" ? "What you said is being written down" : "End the dictation";
  return (
    <button
      type="button"
      class={now === "idle" ? "icon-button" : "icon-button recording"}
      aria-label={label}
      title={label}
      disabled={now === "writing"}
      onClick={press}
    >
      <Icon name={now === "idle" ? "mic" : "stop"} />
    </button>
  );
}

import { Icon } from "../design/icon.js";
import { speaking, speechProblem, stopSpeaking } from "./speaking.js";
import "./voice.css";

/** What is heard now, and the button that ends it. */
export function Caption() {
  if (speechProblem.value !== "") {
    return (
      <p class="caption problem" role="alert">
        <Icon name="alert" />
        <span>{speechProblem.value}</span>
        <button
          type="button"
          class="icon-button small"
          aria-label="Close"
          onClick={() => {
            speechProblem.value = "";
          }}
        >
          <Icon name="close" />
        </button>
      </p>
    );
  }
  const now = speaking.value;
  if (now === undefined) return null;
  return (
    <p class="caption">
      <Icon name="speaker" />
      {/* The answer itself is read out by screen readers: its captions are for the eye. */}
      <span aria-hidden="true">
        <span class="heard">{now.sentence.slice(0, now.heard)}</span>
        {now.sentence.slice(now.heard) || (now.sentence === "" && "…")}
      </span>
      <button type="button" class="button small" onClick={stopSpeaking}>
        Stop speaking
      </button>
    </p>
  );
}

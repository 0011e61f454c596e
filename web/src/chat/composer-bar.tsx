import { useRef } from "preact/hooks";
import type { OpenConversation } from "../conversation/conversation.js";
import { Icon } from "../design/icon.js";
import { DictateButton } from "../voice/dictate-button.js";
import { stopSpeaking } from "../voice/speaking.js";
import { TalkButton } from "../voice/talk-button.js";
import { VoiceSwitch } from "../voice/voice-switch.js";
import { focusComposerAfter } from "./composer-focus.js";
import type { ComposerState } from "./use-composer.js";

interface ComposerBarProps {
  conversation: OpenConversation;
  state: ComposerState;
}

/** The buttons below the text: files, personal data, voice, and what sends or stops. */
export function ComposerBar({ conversation, state }: ComposerBarProps) {
  const { draft, files, write, attach, ask } = state;
  return (
    <div class="composer-bar">
      <AttachButton onFiles={(given) => void attach(given)} />
      <PersonalSwitch conversation={conversation} />
      <VoiceSwitch />
      <span class="grow" />
      <TalkButton onText={(text) => ask(text, [], true)} />
      <DictateButton onText={(text) => write(draft.value === "" ? text : `${draft.value} ${text}`)} />
      <SendButton conversation={conversation} empty={draft.value.trim() === "" && files.value.length === 0} />
    </div>
  );
}

/** Sends, or stops the answer that comes. It is one button, so that the focus stays on it. */
function SendButton({ conversation, empty }: { conversation: OpenConversation; empty: boolean }) {
  const running = conversation.running.value !== undefined;
  const stop = (event: MouseEvent) => {
    if (!running) return;
    event.preventDefault();
    stopSpeaking();
    conversation.stop();
    focusComposerAfter();
  };
  const label = running ? "Stop the answer" : "Send";
  return (
    <button
      type="submit"
      class="send"
      aria-label={label}
      title={running ? "Stop the answer (Esc)" : "Send (Enter)"}
      disabled={!running && empty}
      onClick={stop}
    >
      <Icon name={running ? "stop" : "send"} />
    </button>
  );
}

function AttachButton({ onFiles }: { onFiles(files: File[]): void }) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
      <button
        type="button"
        class="icon-button"
        aria-label="Attach files"
        title="Attach files"
        onClick={() => picker.current?.click()}
      >
        <Icon name="attach" />
      </button>
    </>
  );
}

/** Whether personal data is taken out of what is sent. */
function PersonalSwitch({ conversation }: { conversation: OpenConversation }) {
  const on = conversation.settings.hidePersonal === true;
  return (
    <button
      type="button"
      class="icon-button"
      aria-pressed={on}
      aria-label="Hide personal data"
      title={on ? "Personal data is hidden from the model" : "Hide personal data from the model"}
      onClick={() => conversation.change({ hidePersonal: !on })}
    >
      <Icon name="shield" />
    </button>
  );
}

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { OpenConversation } from "../conversation/conversation.js";
import { sends } from "../design/enter-key.js";
import { Icon } from "../design/icon.js";
import type { GivenFile } from "../store/records.js";
import { Caption } from "../voice/caption.js";
import { DictateButton } from "../voice/dictate-button.js";
import { speakAnswer, speaksAnswers, stopSpeaking } from "../voice/speaking.js";
import { talkState } from "../voice/talk.js";
import { TalkButton } from "../voice/talk-button.js";
import { VoiceSwitch } from "../voice/voice-switch.js";
import { draftOf, keepDraft } from "./drafts.js";
import { readFiles } from "./read-files.js";
import { useBlobUrl } from "./use-blob-url.js";

interface ComposerProps {
  conversation: OpenConversation;
  /** Something was sent. */
  onSent(): void;
}

/** Where one writes: text, files, and what sends or stops. */
export function Composer({ conversation, onSent }: ComposerProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const files = useSignal<readonly GivenFile[]>([]);
  const problem = useSignal("");
  const isNew = conversation.path.value.length === 0;
  const draft = draftOf(conversation.id, isNew);
  const running = conversation.running.value !== undefined;
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) area.current?.focus();
  }, []);

  const write = (text: string) => {
    draft.value = text;
    keepDraft(conversation.id, text, isNew);
  };
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
    keepDraft(conversation.id, "", isNew);
    draft.value = "";
    files.value = [];
    problem.value = "";
  };
  const take = async (given: Iterable<File>) => {
    const { read, refused } = await readFiles(given);
    files.value = [...files.value, ...read];
    problem.value = refused;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!sends(event)) return;
    event.preventDefault();
    if (!running) send();
  };
  const onPaste = (event: ClipboardEvent) => {
    const { files: pasted, types } = event.clipboardData ?? {};
    // Office programs give a picture beside the text: who copies text means it.
    if (pasted === undefined || pasted.length === 0 || types?.includes("text/plain")) return;
    event.preventDefault();
    void take(pasted);
  };
  const onDrop = (event: DragEvent) => {
    const dropped = event.dataTransfer?.files;
    if (dropped === undefined || dropped.length === 0) return;
    event.preventDefault();
    void take(dropped);
  };
  return (
    <form
      class="composer"
      aria-label="Message"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
    >
      <Caption />
      <div class="composer-box">
        {files.value.length > 0 && (
          <div class="composer-files">
            {files.value.map((file, index) => (
              <Attached
                key={index}
                file={file}
                onRemove={() => {
                  files.value = files.value.filter((one) => one !== file);
                }}
              />
            ))}
          </div>
        )}
        <textarea
          id="composer"
          ref={area}
          rows={1}
          aria-label="Message"
          placeholder={`Message ${conversation.model || "the model"}`}
          value={draft.value}
          onInput={({ currentTarget }) => write(currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <div class="composer-bar">
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={({ currentTarget }) => {
              void take([...(currentTarget.files ?? [])]);
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
          <PersonalSwitch conversation={conversation} />
          <VoiceSwitch />
          <span class="grow" />
          <TalkButton onText={(text) => ask(text, [], true)} />
          <DictateButton onText={(text) => write(draft.value === "" ? text : `${draft.value} ${text}`)} />
          {running ? (
            <button
              type="button"
              class="send"
              aria-label="Stop the answer"
              title="Stop the answer (Esc)"
              onClick={() => {
                stopSpeaking();
                conversation.stop();
              }}
            >
              <Icon name="stop" />
            </button>
          ) : (
            <button
              type="submit"
              class="send"
              aria-label="Send"
              title="Send (Enter)"
              disabled={draft.value.trim() === "" && files.value.length === 0}
            >
              <Icon name="send" />
            </button>
          )}
        </div>
      </div>
      {problem.value !== "" && (
        <p class="composer-problem" role="alert">
          {problem.value}
        </p>
      )}
    </form>
  );
}

/** Whether personal data is taken out of what is sent. */
function PersonalSwitch({ conversation }: { conversation: OpenConversation }) {
  const version = useSignal(0);
  void version.value;
  const on = conversation.settings.hidePersonal === true;
  return (
    <button
      type="button"
      class="icon-button"
      aria-pressed={on}
      aria-label="Hide personal data"
      title={on ? "Personal data is hidden from the model" : "Hide personal data from the model"}
      onClick={() => {
        conversation.change({ hidePersonal: !on });
        version.value++;
      }}
    >
      <Icon name="shield" />
    </button>
  );
}

function Attached({ file, onRemove }: { file: GivenFile; onRemove(): void }) {
  const url = useBlobUrl(file.data, file.mediaType);
  return (
    <span class="attached">
      {url !== undefined && file.mediaType.startsWith("image/") ? <img src={url} alt="" /> : <Icon name="file" />}
      <span>{file.name}</span>
      <button type="button" class="icon-button small" aria-label={`Remove ${file.name}`} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </span>
  );
}

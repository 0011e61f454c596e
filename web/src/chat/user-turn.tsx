import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { OpenConversation } from "../conversation/conversation.js";
import { CopyButton } from "../design/copy-button.js";
import { sends } from "../design/enter-key.js";
import { focusAfter } from "../design/focus-after.js";
import { Icon } from "../design/icon.js";
import type { GivenFile, UserTurn } from "../store/records.js";
import { BranchArrows } from "./branch-arrows.js";
import { focusComposerAfter } from "./composer-focus.js";
import { HiddenDetails } from "./hidden-details.js";
import { useBlobUrl } from "./use-blob-url.js";

/** The user's message. It can be edited: that makes a branch. */
export function UserTurnView({ conversation, turn }: { conversation: OpenConversation; turn: UserTurn }) {
  const editing = useSignal(false);
  const editButton = useRef<HTMLButtonElement>(null);
  if (editing.value) {
    return (
      <Editor
        text={turn.text}
        onCancel={() => {
          editing.value = false;
          focusAfter(() => editButton.current);
        }}
        onSend={(text) => {
          editing.value = false;
          conversation.edit(turn, text);
          focusComposerAfter();
        }}
      />
    );
  }
  return (
    <div class="question-turn">
      <h2 class="sr-only">You</h2>
      {turn.files.length > 0 && (
        <div class="given-files">
          {turn.files.map((file, index) => (
            <GivenFileView key={index} file={file} />
          ))}
        </div>
      )}
      {turn.text !== "" && <div class="bubble">{turn.text}</div>}
      {conversation.settings.hidePersonal && <HiddenDetails conversation={conversation.id} text={turn.text} />}
      <div class="turn-actions">
        <BranchArrows conversation={conversation} turn={turn} />
        <CopyButton text={() => turn.text} label="Copy the question" />
        <button
          ref={editButton}
          type="button"
          class="icon-button edit-question"
          aria-label="Edit the question"
          title="Edit the question"
          onClick={() => {
            editing.value = true;
          }}
        >
          <Icon name="edit" />
        </button>
      </div>
    </div>
  );
}

function Editor({ text, onCancel, onSend }: { text: string; onCancel(): void; onSend(text: string): void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(text.length, text.length);
  }, [text]);
  const send = () => {
    const value = area.current?.value.trim() ?? "";
    if (value !== "") onSend(value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
    if (!sends(event)) return;
    event.preventDefault();
    send();
  };
  return (
    <div class="question-editor">
      <textarea ref={area} class="input" aria-label="Edit the question" defaultValue={text} onKeyDown={onKeyDown} />
      <div class="dialog-actions">
        <button type="button" class="button small" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" class="button small primary" onClick={send}>
          Send
        </button>
      </div>
    </div>
  );
}

function GivenFileView({ file }: { file: GivenFile }) {
  const url = useBlobUrl(file.data, file.mediaType);
  if (url !== undefined && file.mediaType.startsWith("image/")) return <img src={url} alt={file.name} />;
  if (url !== undefined && file.mediaType.startsWith("audio/")) {
    // biome-ignore lint/a11y/useMediaCaption: what it says is not known as text.
    return <audio src={url} controls />;
  }
  return (
    <span class="badge">
      <Icon name="file" />
      {file.name}
    </span>
  );
}

import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { OpenConversation } from "../conversation/conversation.js";
import { sends } from "../design/enter-key.js";
import { Icon } from "../design/icon.js";
import type { GivenFile } from "../store/records.js";
import { Caption } from "../voice/caption.js";
import { ComposerBar } from "./composer-bar.js";
import { useBlobUrl } from "./use-blob-url.js";
import { useComposer } from "./use-composer.js";

interface ComposerProps {
  conversation: OpenConversation;
  /** Something was sent. */
  onSent(): void;
}

/** Where one writes: text, files, and what sends or stops. */
export function Composer({ conversation, onSent }: ComposerProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const state = useComposer(conversation, onSent);
  const { draft, files, problem, write, attach, send } = state;
  const running = conversation.running.value !== undefined;
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) area.current?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!sends(event)) return;
    event.preventDefault();
    if (!running) send();
  };
  const attachFrom = (event: Event, transfer: DataTransfer | null) => {
    if (transfer === null || transfer.files.length === 0) return;
    event.preventDefault();
    void attach(transfer.files);
  };
  const onPaste = (event: ClipboardEvent) => {
    // Office programs give a picture beside the text: who copies text means it.
    if (!event.clipboardData?.types.includes("text/plain")) attachFrom(event, event.clipboardData);
  };
  const onDrop = (event: DragEvent) => attachFrom(event, event.dataTransfer);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      aria-label="Message"
      onSubmit={onSubmit}
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
    >
      <Caption />
      <div class="composer-box">
        {files.value.length > 0 && <AttachedFiles files={files} />}
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
        <ComposerBar conversation={conversation} state={state} />
      </div>
      {problem.value !== "" && (
        <p class="composer-problem" role="alert">
          {problem.value}
        </p>
      )}
    </form>
  );
}

function AttachedFiles({ files }: { files: Signal<readonly GivenFile[]> }) {
  const remove = (file: GivenFile) => {
    files.value = files.value.filter((one) => one !== file);
  };
  return (
    <div class="composer-files">
      {files.value.map((file, index) => (
        <Attached key={index} file={file} onRemove={() => remove(file)} />
      ))}
    </div>
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

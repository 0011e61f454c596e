import { useSignal } from "@preact/signals";
import { Icon } from "./icon.js";

/** How long it says that it has copied, in ms. */
const SHOWN_MS = 1_600;

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { text(): string; label: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    copied.value = await copyText(text());
    setTimeout(() => {
      copied.value = false;
    }, SHOWN_MS);
  };
  return (
    <button type="button" class="icon-button" aria-label={copied.value ? "Copied" : label} title={label} onClick={copy}>
      <Icon name={copied.value ? "check" : "copy"} />
    </button>
  );
}

/** Whether a text is in the clipboard now. Pages over plain HTTP have only the old way. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr-only";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

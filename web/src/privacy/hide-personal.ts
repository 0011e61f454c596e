import { filterRequest } from "../../../src/guards/filter-request.js";
import { filterStage } from "../../../src/guards/filter-stage.js";
import { PiiVault } from "../../../src/guards/pii/pii-vault.js";
import { PlaceholderRestorer } from "../../../src/guards/pii/placeholder-restorer.js";
import { scrub } from "../../../src/guards/pii/scrub.js";
import type { LocaleName } from "../../../src/guards/pii/scrub-options.js";
import { type ScrubRules, scrubRules } from "../../../src/guards/pii/scrub-rules.js";
import type { ChatEvent } from "../../../src/stream/chat-event.js";
import type { ChatRequest } from "../../../src/stream/chat-request.js";

/** A detail that the model is not shown. */
export interface HiddenDetail {
  /** What it is shown in its place. */
  readonly placeholder: string;
  readonly value: string;
}

/** A request without personal data, and what puts the data back into its answer. */
export interface HiddenRequest {
  readonly request: ChatRequest;
  restore(event: ChatEvent, emit: (event: ChatEvent) => void): void;
}

/** By conversation: a value has the same placeholder all through it. They live as long as the page. */
const vaults = new Map<string, PiiVault>();
let rules: ScrubRules | undefined;

/** Takes personal data out of a request before it leaves the browser, and puts it back into the answer. */
export function hidePersonal(conversation: string, request: ChatRequest): HiddenRequest {
  const vault = vaultOf(conversation);
  const hidden = filterRequest(request, {
    text: (text) => scrub(text, rulesHere(), { replace: (entity, value) => vault.placeholder(entity, value) }),
    // The same value has the same placeholder as before: what a provider signed is what it wrote.
    keepsOpaque: () => true,
    droppedOpaque: () => {},
  });
  const stage = filterStage(() => new PlaceholderRestorer(vault), { guard: "pii", changedOpaque: "keep" });
  return { request: hidden, restore: (event, emit) => stage.push(event, emit) };
}

/** What is hidden of a text of a conversation, each value once. */
export function hiddenIn(conversation: string, text: string): HiddenDetail[] {
  const vault = vaultOf(conversation);
  const found = new Map<string, string>();
  scrub(text, rulesHere(), {
    replace: (entity, value) => {
      const placeholder = vault.placeholder(entity, value);
      found.set(placeholder, value);
      return placeholder;
    },
  });
  return Array.from(found, ([placeholder, value]) => ({ placeholder, value }));
}

function vaultOf(conversation: string): PiiVault {
  const vault = vaults.get(conversation) ?? new PiiVault();
  vaults.set(conversation, vault);
  return vault;
}

/** Telephone numbers and addresses of where the user is, and those of the United States. */
function rulesHere(): ScrubRules {
  const known: LocaleName[] = ["en-GB", "de", "fr", "en-AU", "en-CA", "en-IN", "es", "it", "ja", "nl", "pt-BR"];
  const here = known.filter((name) => navigator.language === name || navigator.language.startsWith(`${name}-`));
  rules ??= scrubRules({ locales: ["en-US", ...here] });
  return rules;
}

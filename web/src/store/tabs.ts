import { isJsonObject } from "../../../src/base/json.js";
import type { AnswerProgress } from "./answer-progress.js";

/** What a tab has written into the database that all tabs of this browser share. */
export type TabNews =
  /** A conversation is new, has changed, or is gone. */
  | { kind: "conversation"; conversation: string }
  /** A turn is new. */
  | { kind: "turn"; conversation: string; turn: string }
  /** An answer has come so far. `begun`: the server knows its run, so that others can follow it. */
  | { kind: "answer"; conversation: string; turn: string; progress: AnswerProgress; begun: boolean };

const channel = new BroadcastChannel("sluice");

/** Tells the other tabs. They read it from the database. */
export function tellTabs(news: TabNews): void {
  channel.postMessage(news);
}

/** Listens to the other tabs. Returns how to leave. */
export function listenToTabs(hear: (news: TabNews) => void): () => void {
  const onMessage = ({ data }: MessageEvent<unknown>) => {
    if (isNews(data)) hear(data);
  };
  // A page that comes out of the browser's cache of pages has heard nothing in there.
  const onShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) location.reload();
  };
  channel.addEventListener("message", onMessage);
  addEventListener("pageshow", onShow);
  return () => {
    channel.removeEventListener("message", onMessage);
    removeEventListener("pageshow", onShow);
  };
}

/** A tab may have been opened with another version of the app. */
function isNews(data: unknown): data is TabNews {
  if (!isJsonObject(data) || typeof data.conversation !== "string") return false;
  if (data.kind === "conversation") return true;
  if (typeof data.turn !== "string") return false;
  return data.kind === "turn" || (data.kind === "answer" && isJsonObject(data.progress));
}

import type { ChatModel, InputKind } from "./chat-model.js";
import { SluiceError } from "./error.js";
import type { ChatMessage } from "./message.js";

/**
 * Refuses files of a kind that a model does not take. Files that its provider already has (`{ id }`) pass: only the
 * provider knows what they are.
 *
 * @throws {SluiceError} `unsupported` with the path of the part, what was found and what is allowed.
 */
export function checkInput(
  messages: readonly ChatMessage[],
  { id, capabilities }: Pick<ChatModel, "id" | "capabilities">,
): void {
  const allowed = capabilities?.input;
  if (allowed === undefined) return;
  for (const [i, { role, content }] of messages.entries()) {
    if (role !== "user" || typeof content === "string") continue;
    for (const [j, part] of content.entries()) {
      if (part.type !== "file" || "id" in part.data) continue;
      const kind = kindOf(part.mediaType);
      if (allowed.includes(kind)) continue;
      const field = `messages[${i}].content[${j}]`;
      const takes = ["text", ...allowed].join(", ");
      throw new SluiceError("unsupported", `${field}: found ${kind} (${part.mediaType}); ${id} takes ${takes}`, {
        field,
        model: id,
      });
    }
  }
}

/** The kind that a media type is of; what is neither image, sound nor video is a document. */
function kindOf(mediaType: string): InputKind {
  const kind = mediaType.slice(0, mediaType.indexOf("/"));
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "document";
}

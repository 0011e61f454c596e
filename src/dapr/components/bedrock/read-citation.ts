import type { Source } from "../../../stream/chat-event.js";
import type { ConverseCitation } from "./bedrock-sdk.js";

/** A citation as a source: a page of the web, or a document of the request. */
export function readCitation({ title, source, sourceContent = [], location }: ConverseCitation): Source {
  const url = location?.web?.url;
  const name = title ?? source ?? location?.web?.domain;
  const quote = sourceContent.map(({ text = "" }) => text).join("");
  return {
    kind: url === undefined ? "document" : "url",
    ...(url !== undefined && { url }),
    ...(name !== undefined && { title: name }),
    ...(quote !== "" && { quote }),
  };
}

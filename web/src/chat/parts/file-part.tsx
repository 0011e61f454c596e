import type { FilePartView } from "../../answer/part.js";
import { useBlobUrl } from "../use-blob-url.js";

/** A file that the model made: an image or a sound is shown, anything else can be kept. */
export function FilePart({ part }: { part: FilePartView }) {
  const url = useBlobUrl(part.data, part.mediaType);
  if (url === undefined) return null;
  // An SVG may hold scripts; as the source of an image none of them runs.
  if (part.mediaType.startsWith("image/")) return <img class="made-image" src={url} alt="Made by the model" />;
  if (part.mediaType.startsWith("audio/")) {
    // biome-ignore lint/a11y/useMediaCaption: what it says is not known as text.
    return <audio class="made-sound" src={url} controls />;
  }
  return (
    <a class="button" href={url} download={`file.${part.mediaType.split("/")[1]?.split(/[+;]/)[0] ?? "bin"}`}>
      Download {part.mediaType}
    </a>
  );
}

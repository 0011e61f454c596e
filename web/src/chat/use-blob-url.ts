import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** An address of bytes for as long as they are shown. */
export function useBlobUrl(data: Uint8Array, mediaType: string): string | undefined {
  const url = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([new Uint8Array(data)], { type: mediaType }));
    url.value = made;
    return () => URL.revokeObjectURL(made);
  }, [data, mediaType, url]);
  return url.value;
}

import type { GetMetadataResponse } from "../proto/generated/dapr/proto/runtime/v1/metadata_pb.js";
import { FILES_CAPABILITY, STREAMING_FEATURE } from "../sidecar/sidecar-metadata.js";

/** How long what a sidecar says of itself is taken to be true, in ms. */
export const METADATA_TTL_MS = 60_000;

/** What a sidecar says of itself. */
export interface SidecarInfo {
  /** Whether it streams: a Sluice sidecar does, a plain daprd does not. */
  streams: boolean;
  /** Its conversation components by name; `undefined` where it does not say. */
  components: readonly string[] | undefined;
  /** Those of them that take files. */
  takeFiles: readonly string[];
  /** For the log: the app's id and Dapr's version. */
  description: string;
}

/** What a sidecar's metadata says. */
export function readMetadata(metadata: GetMetadataResponse): SidecarInfo {
  const { id, runtimeVersion, extendedMetadata, enabledFeatures, registeredComponents } = metadata;
  const version = runtimeVersion || extendedMetadata.daprRuntimeVersion || "of unknown version";
  const components = registeredComponents.filter(({ type }) => /^conversation\./i.test(type));
  return {
    streams: enabledFeatures.includes(STREAMING_FEATURE),
    components: components.map(({ name }) => name),
    takeFiles: components.flatMap(({ name, capabilities }) => (capabilities.includes(FILES_CAPABILITY) ? [name] : [])),
    description: `app ${id}, Dapr ${version}`,
  };
}

/** What is taken to be true of a sidecar that does not say. */
export function silentSidecar(): SidecarInfo {
  return { streams: false, components: undefined, takeFiles: [], description: "says nothing of itself" };
}

import { create } from "@bufbuild/protobuf";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ConversationComponent } from "../components/conversation-component.js";
import { metadataLimit } from "../converse/api-error.js";
import { writeMetadataJson } from "../daprd/metadata-json.js";
import {
  ActorRuntime_ActorRuntimeStatus,
  type GetMetadataResponse,
  GetMetadataResponseSchema,
  type RegisteredComponents,
  RegisteredComponentsSchema,
} from "../proto/generated/dapr/proto/runtime/v1/metadata_pb.js";

/** The version of daprd whose API this is: SDKs look at it to know what they can ask for. */
const RUNTIME_VERSION = "1.18.3";
/** Tells a sidecar that streams from a plain daprd, among the enabled features. */
export const STREAMING_FEATURE = "Sluice.ConversationStreaming";

/** Tells components that take files from those of a plain daprd, among a component's capabilities. */
export const FILES_CAPABILITY = "FILES";

/** How many keys callers may store, and how many characters in all keys and values. */
const MAX_KEYS = 1_000;
const MAX_CHARACTERS = 1_048_576;

/** What the sidecar says of itself, and what was added to it while it ran. */
export class SidecarMetadata {
  readonly #appId: string;
  readonly #components: ReadonlyMap<string, ConversationComponent>;
  readonly #extended = new Map<string, string>();
  /** Of all keys and values, in characters. */
  #length = 0;

  constructor(appId: string, components: ReadonlyMap<string, ConversationComponent>) {
    this.#appId = appId;
    this.#components = components;
  }

  /**
   * Adds to it, or replaces what stands under the key.
   *
   * @throws {SluiceError} `invalid-request` beyond what callers may store, so that the sidecar does not grow without bound.
   */
  set(key: string, value: string): void {
    const kept = this.#extended.get(key);
    if (kept === undefined && this.#extended.size >= MAX_KEYS) throw metadataLimit(`more than ${MAX_KEYS} keys`);
    const length = this.#length + value.length + (kept === undefined ? key.length : -kept.length);
    if (length > MAX_CHARACTERS) throw metadataLimit(`more than ${MAX_CHARACTERS} characters`);
    this.#length = length;
    this.#extended.set(key, value);
  }

  /** On its own, or laid over what the daprd behind it says: its components and extended metadata beside that one's. */
  get(upstream?: GetMetadataResponse): GetMetadataResponse {
    const own = this.#registered();
    if (upstream === undefined) {
      return create(GetMetadataResponseSchema, {
        id: this.#appId,
        runtimeVersion: RUNTIME_VERSION,
        enabledFeatures: [STREAMING_FEATURE],
        registeredComponents: own,
        extendedMetadata: { daprRuntimeVersion: RUNTIME_VERSION, ...Object.fromEntries(this.#extended) },
        actorRuntime: { runtimeStatus: ActorRuntime_ActorRuntimeStatus.DISABLED },
      });
    }
    // The message itself is changed: a copy would lose fields of newer daprds.
    upstream.enabledFeatures.push(STREAMING_FEATURE);
    upstream.registeredComponents = [...this.#others(upstream.registeredComponents), ...own];
    upstream.extendedMetadata = { ...upstream.extendedMetadata, ...Object.fromEntries(this.#extended) };
    return upstream;
  }

  /** The same in the JSON of daprd's HTTP port. */
  getJson(upstream?: JsonObject): JsonObject {
    const own = writeMetadataJson(this.get());
    if (upstream === undefined) return own;
    const { enabledFeatures, components, extended } = upstream;
    return {
      ...upstream,
      enabledFeatures: [...(Array.isArray(enabledFeatures) ? enabledFeatures : []), STREAMING_FEATURE],
      components: [
        ...this.#others(Array.isArray(components) ? components.filter(isJsonObject) : []),
        ...(Array.isArray(own.components) ? own.components : []),
      ],
      extended: { ...(isJsonObject(extended) && extended), ...Object.fromEntries(this.#extended) },
    };
  }

  /** Those whose names are not taken by a component of the sidecar. */
  #others<Component extends { name?: unknown }>(components: readonly Component[]): Component[] {
    return components.filter(({ name }) => typeof name !== "string" || !this.#components.has(name));
  }

  #registered(): RegisteredComponents[] {
    return Array.from(this.#components.values(), ({ name, type, version }) =>
      create(RegisteredComponentsSchema, { name, type, version, capabilities: [FILES_CAPABILITY] }),
    );
  }
}

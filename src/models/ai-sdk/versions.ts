import { uuid } from "../../base/uuid.js";
import { providerData } from "../../stream/data-name.js";
import type { AiSdkVersion, ContentOf, PartV2, PartV3, PartV4 } from "./language-model.js";
import { AI_SDK, annotation, DATA_KIND, toJson, writeMetadata } from "./metadata.js";
import { noteData } from "./noted-data.js";
import { flatUsage } from "./usage.js";
import { flatWarning } from "./warnings.js";

/** The parts of each version. */
export interface PartsOf {
  v2: PartV2;
  v3: PartV3;
  v4: PartV4;
}

/** How the parts of version 4 are written in each version. */
export const CONVERSIONS: { readonly [V in AiSdkVersion]: (part: PartV4) => readonly PartsOf[V][] } = {
  v2: (part) => asV3(part).flatMap(asV2),
  v3: asV3,
  v4: (part) => [part],
};

/** Version 3 has bytes for files and no content of a provider's own kind. */
function asV3(part: PartV4): readonly PartV3[] {
  switch (part.type) {
    case "custom":
    case "reasoning-file":
      return carried(part);
    case "file": {
      const { data } = part;
      return data.type === "url" ? carried(part) : [{ ...part, data: data.data }];
    }
    default:
      return [part];
  }
}

/**
 * Version 2 has flat usage, one word for the finish reason, and no requests for approval. `ai` 5 fails on a call of a tool
 * that its caller did not offer, whoever runs it.
 */
function asV2(part: PartV3): readonly PartV2[] {
  switch (part.type) {
    case "stream-start":
      return [{ ...part, warnings: part.warnings.map(flatWarning) }];
    case "finish":
      return [{ ...part, usage: flatUsage(part.usage), finishReason: part.finishReason.unified }];
    case "tool-call":
      return part.dynamic ? carried(part) : [part];
    case "tool-result":
      return part.dynamic ? carried(part) : [{ ...part, providerExecuted: true }];
    case "tool-approval-request":
      return carried(part);
    default:
      return [part];
  }
}

/**
 * A part that a version does not have, as reasoning of no words, whose metadata comes back with the next turn. That is
 * how the AI SDK's own providers carry what must come back (Anthropic's redacted thinking, for one).
 */
function carried(part: ContentOf<PartV4>) {
  const id = `carried-${uuid()}`;
  const annotated = part.type === "custom" && part.kind === DATA_KIND ? part : annotation(carry(part));
  const { providerMetadata } = annotated;
  return [
    { type: "reasoning-start" as const, id, ...annotation(providerMetadata) },
    { type: "reasoning-end" as const, id, ...annotation(providerMetadata) },
  ];
}

function carry(part: Parameters<typeof carried>[0]) {
  const data = toJson(part);
  const name = part.type === "custom" ? part.kind : part.type;
  return writeMetadata({ dialect: AI_SDK, data }, noteData({ type: "data", name: providerData(name), value: data }));
}

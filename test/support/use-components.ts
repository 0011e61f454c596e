import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type LoadComponentsOptions,
  loadConversationComponents,
} from "../../src/dapr/components/load-conversation-components.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";

import { type DialectServer, type Script, serveDialect } from "./serve-dialect.js";
import { useFolder } from "./use-folder.js";

/** A folder of conversation components for each test. */
export function useComponents() {
  const folder = useFolder();
  return {
    folder,
    /** Loads the components of these files. */
    load(files: Record<string, string>, options: Partial<LoadComponentsOptions> = {}) {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
      return loadConversationComponents({ resourcesPath: folder.path, appId: "app", env: {}, ...options });
    },
  };
}

/** The YAML of a component, with items of metadata and more lines. */
export function component(name: string, type: string, metadata: Record<string, string> = {}, more = ""): string {
  const items = Object.entries(metadata).map(
    ([key, value]) => `  - name: ${key}\n    value: ${JSON.stringify(value)}\n`,
  );
  return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: ${type}\n  version: v1\n${more}  metadata:\n${items.join("")}`;
}

/** A server that speaks OpenAI's protocol and plays one script after the other, the last one again and again. */
export async function openAi(...scripts: Script[]): Promise<DialectServer> {
  let call = 0;
  const server = await serveDialect(openAiChat, () => scripts[Math.min(call++, scripts.length - 1)] ?? []);
  onTestFinished(() => server.close());
  return server;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LoadResourcesOptions, loadResources } from "../../src/dapr/resources/load-resources.js";
import { useFolder } from "./use-folder.js";

/** A folder of Dapr resources for each test, with a folder `secret` in it. */
export function useResources() {
  const folder = useFolder();
  return {
    folder,
    write(files: Record<string, string>): void {
      mkdirSync(join(folder.path, "secret"), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
    },
    load: (options: Partial<LoadResourcesOptions> = {}) =>
      loadResources({ resourcesPath: folder.path, appId: "my-app", env: {}, uuid: () => "an-id", ...options }),
  };
}

/** The YAML of a component. */
export function component(name: string, lines = "", type = "conversation.echo", head = ""): string {
  return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n${head}spec:\n  type: ${type}\n  version: v1\n${lines}`;
}

/** The lines of a component's metadata. */
export const metadata = (items: string) => `  metadata:\n${items}`;

/** What was reported of loaded resources. */
export const messages = (loaded: { notices: readonly { message: string }[] }) =>
  loaded.notices.map(({ message }) => message);

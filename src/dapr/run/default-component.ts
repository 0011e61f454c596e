import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The component of an app that has none yet: it repeats its input. */
const ECHO = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: echo
spec:
  type: conversation.echo
  version: v1
`;

/** Whether there is no YAML file in any of these folders; one that is missing has none. */
export function haveNoResources(folders: readonly string[]): boolean {
  return folders.every((folder) => !namesIn(folder).some((name) => /\.ya?ml$/i.test(name)));
}

/** Writes the component `echo` into a folder. */
export async function writeDefaultComponent(folder: string): Promise<void> {
  await writeFile(join(folder, "echo.yaml"), ECHO);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

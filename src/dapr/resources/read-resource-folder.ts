import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, SluiceError } from "../../stream/error.js";
import { byBytes } from "./by-bytes.js";
import { type DaprResource, readResource } from "./dapr-resource.js";
import type { Report } from "./notice.js";
import { parseYaml } from "./parse-yaml.js";
import { splitDocuments } from "./split-documents.js";
import type { Substitution } from "./substitute-variables.js";

/**
 * All of Dapr's resources in a folder, in the order of their files' names and of the documents in each. Folders in it are
 * not looked into. A document that cannot be read is reported and left out; the others are read all the same.
 *
 * @param substitution puts values in the place of `${NAME}`, which daprd does not do.
 * @throws {SluiceError} `invalid-argument` when there is no such folder.
 */
export async function readResourceFolder(
  folder: string,
  report: Report,
  substitution?: Substitution,
): Promise<DaprResource[]> {
  const resources: DaprResource[] = [];
  for (const name of await fileNames(folder)) {
    if (!/\.ya?ml$/i.test(name)) {
      report({ level: "warning", message: `A non-YAML Component file ${name} was detected, it will not be loaded` });
      continue;
    }
    const path = join(folder, name);
    resources.push(...(await readResourceFile(path, report, substitution)));
  }
  return resources;
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name)
      .sort(byBytes);
  } catch (cause) {
    const message = `failed to load components: open ${folder}: ${reason(cause)}`;
    throw new SluiceError("invalid-argument", message, { field: "resourcesPath", cause });
  }
}

async function readResourceFile(path: string, report: Report, substitution?: Substitution): Promise<DaprResource[]> {
  let text: string;
  try {
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory()) {
      // Reading a pipe would wait until somebody writes into it.
      report({ level: "warning", message: `${path} is not a file, and is not read` });
      return [];
    }
    text = await readFile(path, "utf8");
  } catch (cause) {
    const why = `open ${path}: ${reason(cause)}`;
    report({ level: "warning", message: `daprd load Component error when opening file ${path}: ${why}` });
    return [];
  }
  const resources: DaprResource[] = [];
  const complaints: string[] = [];
  for (const document of splitDocuments(text)) {
    try {
      const parsed = parseYaml(document);
      const resource = readResource(substitution?.apply(parsed, path) ?? parsed, path);
      if (resource !== undefined) resources.push(resource);
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      complaints.push(error.message);
    }
  }
  if (complaints.length > 0) {
    const message = `daprd load Component error when parsing manifests yaml resource in ${path}: ${complaints.join("\n")}`;
    report({ level: "warning", message });
  }
  return resources;
}

/** What the system says, in Go's words for the usual reasons. */
function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "no such file or directory";
  if (code === "EACCES") return "permission denied";
  if (code === "ENOTDIR") return "not a directory";
  return messageOf(error);
}

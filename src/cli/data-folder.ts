import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { defaultStoreLocation } from "../chat/open-store.js";
import { invalid } from "../stream/error.js";
import type { Io } from "./io.js";

/**
 * Where the command keeps conversations that have a name: in `SLUICE_DATA`, or in the folder that the system has for the
 * data of its users' applications.
 */
export function conversationStore(env: Io["env"], platform: NodeJS.Platform = process.platform): string {
  return defaultStoreLocation(env) ?? join(userDataFolder(env, platform), "sluice", "conversations.db");
}

/** Where the command remembers what was entered in chats; `undefined` where `SLUICE_HISTORY=0` says that it shall not. */
export function historyFile(env: Io["env"], platform: NodeJS.Platform = process.platform): string | undefined {
  const { SLUICE_HISTORY: history } = env;
  if (history === "0") return undefined;
  if (history && history !== "1") throw invalid("SLUICE_HISTORY", history, "0, which remembers nothing, or 1");
  return join(dataFolder(env, platform), "history.jsonl");
}

/** Where `sluice pull` keeps model files: beside the conversations. */
export function modelsFolder(env: Io["env"], platform: NodeJS.Platform = process.platform): string {
  return join(dataFolder(env, platform), "models");
}

/** Where the command keeps runs of workflows: beside the conversations. */
export function runStore(env: Io["env"], platform: NodeJS.Platform = process.platform): string {
  return join(dataFolder(env, platform), "runs.db");
}

/** Where workflows that callers of `sluice serve` send read and write files, unless its settings allow others. */
export function documentsFolder(env: Io["env"], platform: NodeJS.Platform = process.platform): string {
  return join(dataFolder(env, platform), "documents");
}

/** Where `sluice keys` keeps keys. */
export function keysFile(env: Io["env"], platform: NodeJS.Platform = process.platform): string {
  return join(dataFolder(env, platform), "keys.json");
}

/** Where `sluice templates` keeps templates of prompts. */
export function templatesFolder(env: Io["env"], platform: NodeJS.Platform = process.platform): string {
  return join(dataFolder(env, platform), "templates");
}

/** Where images and sounds that models make are written, unless a folder is named. */
export function generatedFolder(env: Io["env"], platform: NodeJS.Platform = process.platform): string {
  return join(dataFolder(env, platform), "files");
}

/** Makes the folder of a file, for its user alone where it was not there (XDG Base Directory Specification 0.8). */
export function privateFolder(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
}

/** The folder of the command's files. `SLUICE_DATA` may be a server, which holds conversations alone. */
function dataFolder(env: Io["env"], platform: NodeJS.Platform): string {
  const { SLUICE_DATA: folder } = env;
  return folder && !folder.includes("://") ? folder : join(userDataFolder(env, platform), "sluice");
}

/** As the XDG Base Directory Specification 0.8, Apple's File System Programming Guide and Windows' Known Folders say. */
function userDataFolder(env: Io["env"], platform: NodeJS.Platform): string {
  const home = env.HOME || env.USERPROFILE || homedir();
  switch (platform) {
    case "win32":
      return env.LOCALAPPDATA || join(home, "AppData", "Local");
    case "darwin":
      return join(home, "Library", "Application Support");
    default:
      return env.XDG_DATA_HOME || join(home, ".local", "share");
  }
}

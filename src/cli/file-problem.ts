import { messageOf, SluiceError } from "../stream/error.js";

/** What the system's codes mean, for people. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full: no more is allowed to this user",
  EROFS: "the disk is read-only",
  EACCES: "this user is not allowed to",
  EPERM: "this user is not allowed to",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  ENOENT: "there is no such file or folder",
};

/** Why a file could not be read or written, for people. */
export function fileProblem(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return MEANINGS[code] ?? messageOf(thrown);
}

/** The error for a file that could not be read or written. @param field names the option or argument. */
export function fileError(file: string, done: "read" | "written", cause: unknown, field = "file"): SluiceError {
  return new SluiceError("invalid-argument", `${file} cannot be ${done}: ${fileProblem(cause)}`, { field, cause });
}

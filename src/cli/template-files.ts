import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { nearest } from "../base/nearest.js";
import { invalid, SluiceError } from "../stream/error.js";
import { templatesFolder } from "./data-folder.js";
import type { Io } from "./io.js";
import { type PromptTemplate, readTemplate } from "./prompt-template.js";

/** How files of templates end: Markdown, and documents of a workflow's prompt library. */
const ENDINGS: readonly string[] = [".md", ".json"];

/** A name of a template, which is one of a file, too. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;

/** The templates that are kept: their names and files. */
export async function templateFiles(env: Io["env"]): Promise<{ name: string; file: string }[]> {
  const folder = templatesFolder(env);
  const found = await readdir(folder).catch(() => []);
  return found
    .filter((file) => ENDINGS.includes(extname(file)))
    .sort()
    .map((file) => ({ name: file.slice(0, -extname(file).length), file: join(folder, file) }));
}

/** Where a template of a name is, or would be. @throws {SluiceError} `invalid-argument` for what is no name. */
export function templateFile(name: string, env: Io["env"]): string {
  if (!NAME.test(name)) throw invalid("NAME", name, "letters, digits, and _ . - behind them");
  return join(templatesFolder(env), `${name}.md`);
}

/**
 * The template of a name, or of the path of a file.
 *
 * @throws {SluiceError} `not-found` with the nearest names; `invalid-argument` for a file that is no template.
 */
export async function findTemplate(name: string, env: Io["env"]): Promise<PromptTemplate> {
  return readTemplate(await existingTemplate(name, env), name);
}

/** The file of a template that there is. @throws as `findTemplate`. */
export async function existingTemplate(name: string, env: Io["env"]): Promise<string> {
  if (/[/\\]/.test(name)) return name;
  const all = await templateFiles(env);
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found.file;
  const names = all.map((one) => one.name);
  const near = nearest(name, names);
  const hint =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : names.join(", ") || "sluice templates new makes one";
  throw new SluiceError("not-found", `there is no template ${JSON.stringify(name)}; ${hint}`, { field: "--template" });
}

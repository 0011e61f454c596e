import { readdir, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { anything, type Check, exactly, string, stringRecord } from "../../stream/checks.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import { readFrontMatter } from "../front-matter.js";
import type { Skill } from "./skill.js";
import { readSkillFile } from "./skill-file.js";

/** The file that makes a folder a skill. */
export const SKILL_FILE = "SKILL.md";

const checkFields = exactly(
  "the front matter of a skill",
  {
    name: { required: nameOf },
    description: { required: text("1 to 1024 characters", 1024) },
    license: string,
    compatibility: text("1 to 500 characters", 500),
    metadata: stringRecord,
    "allowed-tools": string,
    // Fields of single products, which others pass over.
    version: anything,
    model: anything,
    "argument-hint": anything,
    "disable-model-invocation": anything,
    "user-invocable": anything,
  },
  SKILL_FILE,
);

/**
 * Reads skills: each folder is one, or holds some. Only the front matter is kept; the body is read when a model asks for it.
 *
 * @throws {SluiceError} `invalid-argument` for a folder that cannot be read or has no skill, for a `SKILL.md` that does not fit
 *   the format, for two skills with one name, and for a link in place of a skill's folder.
 * @example
 * ```ts
 * import { Agent, readSkills } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", skills: await readSkills("skills") });
 * ```
 */
export async function readSkills(...folders: readonly string[]): Promise<Skill[]> {
  if (folders.length === 0) throw invalid("folders", folders, "at least one folder");
  const skills: Skill[] = [];
  for (const [index, folder] of folders.entries()) {
    const field = `folders[${index}]`;
    if (typeof folder !== "string" || folder === "") throw invalid(field, folder, "the path of a folder");
    for (const path of await skillFolders(folder, field)) skills.push(await readSkill(path));
  }
  checkSkills(skills);
  return skills;
}

/** @throws {SluiceError} `invalid-argument` for what is no list of skills, or has two of one name. */
export function checkSkills(skills: unknown): asserts skills is readonly Skill[] {
  if (!Array.isArray(skills)) throw invalid("skills", skills, "an array of skills, as readSkills() makes it");
  const names = new Set<string>();
  for (const [index, skill] of skills.entries()) {
    const isSkill = typeof skill === "object" && skill !== null && "folder" in skill && "description" in skill;
    if (!isSkill) throw invalid(`skills[${index}]`, skill, "a skill, as readSkills() makes it");
    if (names.has(skill.name)) throw invalid(`skills[${index}]`, skill.name, "a name that no other skill has");
    names.add(skill.name);
  }
}

async function skillFolders(folder: string, field: string): Promise<string[]> {
  let root: string;
  try {
    root = await realpath(folder);
    const entries = await readdir(root, { withFileTypes: true });
    if (entries.some(({ name }) => name === SKILL_FILE)) return [root];
    const found: string[] = [];
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(root, entry.name);
      if (entry.isSymbolicLink() && (await isSkillFolder(path)))
        throw invalid(field, path, "folders of skills that are no links");
      if (entry.isDirectory() && (await isSkillFolder(path))) found.push(path);
    }
    if (found.length > 0) return found;
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown;
    throw invalid(field, folder, `a folder that can be read: ${messageOf(thrown)}`);
  }
  throw invalid(field, folder, `a folder with a ${SKILL_FILE}, or with folders that have one`);
}

async function isSkillFolder(path: string): Promise<boolean> {
  const names = await readdir(path).catch((): string[] => []);
  return names.includes(SKILL_FILE);
}

async function readSkill(folder: string): Promise<Skill> {
  const place = join(folder, SKILL_FILE);
  const { fields } = readFrontMatter(await readSkillFile(folder, SKILL_FILE), place);
  checkFields(fields, place);
  const { license, compatibility, metadata, "allowed-tools": allowedTools } = fields;
  const { name, description } = fields as { name: string; description: string };
  if (name !== basename(folder)) throw invalid(`${place}.name`, name, `the name of its folder, ${basename(folder)}`);
  return {
    name,
    description,
    ...(license !== undefined && { license: license as string }),
    ...(compatibility !== undefined && { compatibility: compatibility as string }),
    ...(metadata !== undefined && { metadata: metadata as Record<string, string> }),
    ...(allowedTools !== undefined && { allowedTools: allowedTools as string }),
    folder,
  };
}

function nameOf(value: unknown, path: string): void {
  const fits = typeof value === "string" && value.length <= 64 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value);
  if (!fits) throw invalid(path, value, "1 to 64 of a–z 0–9 with single - between them");
}

function text(what: string, longest: number): Check {
  return (value, path) => {
    if (typeof value !== "string" || value.trim() === "" || value.length > longest) throw invalid(path, value, what);
  };
}

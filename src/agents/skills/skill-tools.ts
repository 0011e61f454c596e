import type { JsonObject } from "../../base/json.js";
import { type Tool, tool } from "../../tools/tool.js";
import { readFrontMatter } from "../front-matter.js";
import { SKILL_FILE } from "./read-skills.js";
import type { Skill } from "./skill.js";
import { readSkillFile, skillFiles } from "./skill-file.js";

/** How an agent learns of its skills: a line each, of about 100 tokens at most times. */
export function skillCatalogue(skills: readonly Skill[]): string {
  const lines = skills.map(({ name, description }) => `- ${name}: ${description.replace(/\s+/g, " ").trim()}`);
  return [
    "You have skills: instructions for certain tasks. When a task fits one, call the tool `skill` with its name before you begin,",
    "and do as it says. Read the files that it names with `skill_file`.",
    ...lines,
  ].join("\n");
}

/** The tools that give a model the body and the files of skills. */
export function skillTools(skills: readonly Skill[]): readonly Tool[] {
  const byName = new Map(skills.map((skill) => [skill.name, skill]));
  const name = { type: "string", enum: [...byName.keys()], description: "The name of the skill." };
  const find = (given: JsonObject): Skill => {
    const skill = byName.get(String(given.skill));
    // The schema allows their names alone.
    if (skill === undefined) throw new Error(`there is no skill ${String(given.skill)}`);
    return skill;
  };
  return [
    tool({
      name: "skill",
      description: "Reads the instructions of a skill, and which files it has.",
      input: schemaOf({ skill: name }),
      run: async (given) => {
        const { name: called, folder } = find(given);
        const { body } = readFrontMatter(await readSkillFile(folder, SKILL_FILE), called);
        const files = (await skillFiles(folder)).filter((path) => path !== SKILL_FILE);
        return files.length === 0 ? body : `${body}\n\nFiles, for skill_file:\n${files.join("\n")}`;
      },
    }),
    tool({
      name: "skill_file",
      description: "Reads a file of a skill.",
      input: schemaOf({ skill: name, path: { type: "string", description: "As the skill names it." } }),
      run: (given) => readSkillFile(find(given).folder, String(given.path)),
    }),
  ] as readonly Tool[];
}

function schemaOf(properties: JsonObject): JsonObject {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

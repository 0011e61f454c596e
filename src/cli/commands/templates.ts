import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { messageOf, SluiceError } from "../../stream/error.js";
import { privateFolder, templatesFolder } from "../data-folder.js";
import { fileError } from "../file-problem.js";
import { type Io, shown, write } from "../io.js";
import { readTemplate } from "../prompt-template.js";
import { reported } from "../reported.js";
import { splitWords } from "../split-words.js";
import { existingTemplate, templateFile, templateFiles } from "../template-files.js";

/** A template to begin with. */
const BEGINNING = `---
description: What it is for
# model: openai/gpt-4.1-mini
# system: Answer in one sentence.
# temperature: 0.2
# maxTokens: 500
inputs:
  words: 50
---
Summarise in {{ words }} words:

{{ input }}
`;

/** Lists the templates, each with what it says it is for. */
export function listTemplatesCommand(options: { json?: boolean }, io: Io): Promise<number> {
  return reported(io, async () => {
    const rows: { name: string; file: string; description?: string; error?: string }[] = [];
    for (const { name, file } of await templateFiles(io.env)) {
      try {
        const { description } = await readTemplate(file, name);
        rows.push({ name, file, ...(description !== undefined && { description }) });
      } catch (thrown) {
        rows.push({ name, file, error: messageOf(thrown) });
      }
    }
    const lines = rows.map(({ name, description = "", error }) =>
      `${name}  ${error === undefined ? description : `(broken: ${error})`}`.trimEnd(),
    );
    const text = lines.map((line) => `${line}\n`).join("");
    await write(io.stdout, options.json ? `${JSON.stringify(rows, undefined, 2)}\n` : shown(text, io.stdout));
    if (rows.length === 0) io.stderr.write(`there is none in ${templatesFolder(io.env)}: sluice templates new NAME\n`);
  });
}

/** Writes a template as it is. */
export function showTemplateCommand(name: string, io: Io): Promise<number> {
  return reported(io, async () => {
    const text = await readFile(await existingTemplate(name, io.env), "utf8");
    await write(io.stdout, shown(text.endsWith("\n") ? text : `${text}\n`, io.stdout));
  });
}

/** Makes a template of what comes on stdin, or one to begin with; its file goes to stdout. */
export function newTemplateCommand(name: string, io: Io): Promise<number> {
  return reported(io, async () => {
    const file = templateFile(name, io.env);
    const piped = io.stdin.isTTY ? "" : await readAll(io.stdin);
    await create(file, piped.trim() === "" ? BEGINNING : piped);
    await readTemplate(file, name).catch((thrown: unknown) => rm(file).then(() => Promise.reject(thrown)));
    await write(io.stdout, `${file}\n`);
  });
}

/** Opens a template in the editor that `VISUAL` or `EDITOR` names; begins it if there is none. */
export function editTemplateCommand(name: string, io: Io): Promise<number> {
  return reported(io, async () => {
    const known = (await templateFiles(io.env)).find((one) => one.name === name)?.file;
    const file = known ?? templateFile(name, io.env);
    if (!existsSync(file)) await create(file, BEGINNING);
    await openEditor(file, io.env);
    await readTemplate(file, name);
    io.stderr.write(`${file}\n`);
  });
}

/** Forgets templates. */
export function deleteTemplatesCommand(names: readonly string[], io: Io): Promise<number> {
  return reported(io, async () => {
    for (const name of names) {
      templateFile(name, io.env);
      await rm(await existingTemplate(name, io.env));
    }
  });
}

async function create(file: string, text: string): Promise<void> {
  try {
    privateFolder(file);
    await writeFile(file, text, { flag: "wx" });
  } catch (cause) {
    const isThere = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    throw fileError(file, "written", isThere ? new Error("there is one: sluice templates edit") : cause);
  }
}

async function openEditor(file: string, env: Io["env"]): Promise<void> {
  const usual = process.platform === "win32" ? "notepad" : "vi";
  const [command = usual, ...args] = splitWords(env.VISUAL || env.EDITOR || usual, "EDITOR");
  const child = spawn(command, [...args, file], { stdio: "inherit", env });
  const [code] = await once(child, "exit").catch((thrown: unknown) => {
    throw new SluiceError("invalid-argument", `EDITOR: ${command} cannot be started: ${messageOf(thrown)}`);
  });
  if (code !== 0) throw new SluiceError("invalid-argument", `EDITOR: ${command} ended with code ${code}`);
}

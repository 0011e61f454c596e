import { statSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import { maskSecret } from "../../models/http/mask-secret.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { askSecret } from "../ask-secret.js";
import { keysFile } from "../data-folder.js";
import { type Io, write } from "../io.js";
import { keyVariable, readKeys, writeKeys } from "../kept-keys.js";
import { reported } from "../reported.js";

/** Keeps a key that is typed, or comes on stdin. */
export function setKeyCommand(name: string, rest: readonly string[], io: Io): Promise<number> {
  return reported(io, async () => {
    if (rest.length > 0) {
      const message =
        "a key is no argument, which history and other users would see: it is asked for, or read from stdin";
      throw new SluiceError("invalid-argument", message, { field: "key" });
    }
    const variable = keyVariable(name);
    const file = keysFile(io.env);
    const keys = readKeys(file);
    const typed = io.stdin.isTTY ? await askSecret(`${variable} (it is not shown): `, io) : await readAll(io.stdin);
    const key = typed.trim();
    if (!/^[\x21-\x7e]+$/.test(key))
      throw invalid("key", key === "" ? undefined : maskSecret(key), "printable ASCII without spaces");
    await writeKeys(file, { ...keys, [variable]: key });
    io.stderr.write(`${variable} is kept in ${file}\n`);
    if (io.env[variable] && io.env[variable] !== key) io.stderr.write(`  The environment has another, which wins.\n`);
  });
}

/** Lists which keys are kept, never whole. */
export function listKeysCommand(options: { json?: boolean }, io: Io): Promise<number> {
  return reported(io, async () => {
    const file = keysFile(io.env);
    const rows = Object.entries(readKeys(file)).map(([variable, key]) => ({
      variable,
      key: maskSecret(key),
      used: !io.env[variable] || io.env[variable] === key,
    }));
    const lines = rows.map(
      ({ variable, key, used }) => `${variable}  ${key}${used ? "" : "  (the environment has another, which wins)"}\n`,
    );
    await write(io.stdout, options.json ? `${JSON.stringify(rows, undefined, 2)}\n` : lines.join(""));
    if (rows.length === 0) io.stderr.write("no key is kept: sluice keys set openai, or another service\n");
    else if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0)
      io.stderr.write(`warning: others can read ${file}: chmod 600 it\n`);
  });
}

/** Forgets keys; fails when one of them is not there, after deleting the others. */
export function deleteKeysCommand(names: readonly string[], io: Io): Promise<number> {
  return reported(io, async () => {
    const file = keysFile(io.env);
    const keys = { ...readKeys(file) };
    const missing: string[] = [];
    for (const name of names) {
      const variable = Object.hasOwn(keys, name) ? name : keyVariable(name);
      if (Object.hasOwn(keys, variable)) io.stderr.write(`${variable} is forgotten\n`);
      else missing.push(variable);
      delete keys[variable];
    }
    await writeKeys(file, keys);
    if (missing.length > 0) throw new SluiceError("not-found", `no key is kept for ${missing.join(", ")}`);
  });
}

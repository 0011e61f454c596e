/** Ways in which examples and templates write that a variable's value belongs here; daprd reads none of them. */
const FORMS = [
  /\$\{([A-Za-z_]\w*)\}/,
  /\$\{\{\s*([A-Za-z_]\w*)\s*\}\}/,
  /^\{\{\s*([A-Z_][A-Z0-9_]*)\s*\}\}$/,
  /^\$([A-Z_][A-Z0-9_]*)$/,
];

/** The variable that a value still waits for, for example `OPENAI_API_KEY` in `${OPENAI_API_KEY}`; `undefined` for none. */
export function unfilledVariable(value: string): string | undefined {
  for (const form of FORMS) {
    const name = form.exec(value.trim())?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

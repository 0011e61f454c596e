/**
 * What a `.env` file sets: lines of `NAME=value`, perhaps after `export`. Lines that begin with `#` are comments; outside
 * of quotes so is what follows ` #`. A value in single or double quotes is taken without them; in double quotes `\n`,
 * `\r`, `\t`, `\"` and `\\` mean what they mean in JSON. Of two lines with one name the last counts.
 */
export function parseDotEnv(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, rest] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/.exec(line) ?? [];
    if (name !== undefined && rest !== undefined && name !== "__proto__") variables[name] = unquoted(rest.trim());
  }
  return variables;
}

function unquoted(written: string): string {
  const [, double] = /^"((?:[^"\\]|\\.)*)"/.exec(written) ?? [];
  if (double !== undefined) return double.replace(/\\(.)/g, (whole, sign: string) => ESCAPES[sign] ?? whole);
  const [, single] = /^'([^']*)'/.exec(written) ?? [];
  if (single !== undefined) return single;
  const comment = written.startsWith("#") ? 0 : written.search(/\s#/);
  return (comment === -1 ? written : written.slice(0, comment)).trimEnd();
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

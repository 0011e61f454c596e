// Node shows the whole line that threw an error which nobody caught: minified code in one line would bury what went wrong.
import { parseAst } from "rolldown/parseAst";

/** How long a line may become before the next statement begins another. */
const LONGEST = 160;

/** A plugin for Rolldown: breaks minified code between statements. */
export function shortLines() {
  return {
    name: "short-lines",
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk") chunk.code = broken(chunk.code);
      }
    },
  };
}

function broken(code) {
  let from = 0;
  let line = 0;
  let lines = "";
  for (const start of statementsOf(parseAst(code))) {
    const lastBreak = code.lastIndexOf("\n", start) + 1;
    if (start - Math.max(line, lastBreak) < LONGEST) continue;
    lines += `${code.slice(from, start)}\n`;
    from = start;
    line = start;
  }
  return lines + code.slice(from);
}

/** Where statements and members of classes begin, from the first to the last. */
function statementsOf(program) {
  const starts = [];
  const visit = (node) => {
    if (Array.isArray(node)) for (const one of node) visit(one);
    else if (typeof node?.type === "string") {
      const list = LISTS[node.type];
      if (list !== undefined) for (const { start } of node[list]) starts.push(start);
      for (const value of Object.values(node)) if (typeof value === "object") visit(value);
    }
  };
  visit(program);
  return starts.sort((a, b) => a - b);
}

/** The nodes that have statements or members, and in which list. */
const LISTS = {
  Program: "body",
  BlockStatement: "body",
  FunctionBody: "body",
  StaticBlock: "body",
  ClassBody: "body",
  SwitchCase: "consequent",
};

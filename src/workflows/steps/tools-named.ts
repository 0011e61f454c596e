import { nearest } from "../../base/nearest.js";
import { SluiceError } from "../../stream/error.js";
import type { Tool } from "../../tools/tool.js";
import { isToolSource, Toolbox, type ToolSource } from "../../tools/toolbox.js";
import type { StepContext } from "./step-context.js";

/**
 * The tools of these names, and no others. Those of sources are not known before these are connected.
 *
 * @param field where they are named.
 * @throws {SluiceError} `not-found` for a name that no tool has; where there are sources, when they are asked.
 */
export function toolsNamed(
  { services }: Pick<StepContext, "services">,
  names: readonly string[],
  field: string,
): readonly (Tool | ToolSource)[] {
  const { tools: known = [] } = services;
  const tools = known.flatMap((one) => (isToolSource(one) ? [] : [one]));
  if (tools.length === known.length) return found(names, tools, field);
  return [{ tools: async () => found(names, (await Toolbox.gather(known)).tools, field) }];
}

function found(names: readonly string[], tools: readonly Tool[], field: string): Tool[] {
  return [...new Set(names)].map((name) => {
    const tool = tools.find(({ definition }) => definition.name === name);
    if (tool !== undefined) return tool;
    const all = tools.map(({ definition }) => definition.name);
    const near = nearest(name, all);
    const hint =
      near.length > 0
        ? `did you mean ${near.join(" or ")}?`
        : `the tools are ${all.join(", ") || "none: the option tools registers them"}`;
    throw new SluiceError("not-found", `there is no tool ${JSON.stringify(name)}; ${hint}`, { field });
  });
}

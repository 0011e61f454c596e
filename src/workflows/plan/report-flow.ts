import type { Findings } from "../format/diagnostic.js";
import type { Flow } from "./flow.js";
import type { StepDraft } from "./step-draft.js";

export function reportFlow(flow: Flow, drafts: readonly StepDraft[], findings: Findings): void {
  if (flow.cycle !== undefined) {
    const ids = flow.cycle.map((index) => drafts[index]?.source.id ?? "");
    const [first] = flow.cycle;
    const { path = "", id = "" } = drafts[first ?? 0]?.source ?? {};
    findings.error("cycle", path, `these steps wait for one another: ${[...ids, ids[0]].join(" → ")}`, {
      step: id,
      suggestion: "break the circle, or make it a loop: a route back to an earlier step",
    });
  }
  reportUnreachable(flow, drafts, findings);
  reportGaps(flow, drafts, findings);
}

/** A step behind one that always goes elsewhere, and that nothing else reads or names. */
function reportUnreachable(flow: Flow, drafts: readonly StepDraft[], findings: Findings): void {
  const read = new Set(drafts.flatMap(({ references }) => references.map(({ step }) => step)));
  for (const [index, { source, planned }] of drafts.entries()) {
    const before = drafts[index - 1]?.planned;
    const jumps = before?.next !== undefined || before?.routes?.otherwise !== undefined;
    const free = flow.gates[index]?.length === 0 && !read.has(source.id) && (flow.needs[index]?.length ?? 0) === 0;
    if (!jumps || !free || planned.type.answers) continue;
    findings.warn(
      "unreachable",
      source.path,
      `no step leads to ${source.id}, and nothing reads it: it runs on its own`,
      {
        step: source.id,
        suggestion: "name it in a route, or take it out",
      },
    );
  }
}

/** What a branch may not have made, and what reads it cannot do without. */
function reportGaps(flow: Flow, drafts: readonly StepDraft[], findings: Findings): void {
  for (const [index, { source }] of drafts.entries()) {
    for (const { from, required } of flow.needs[index] ?? []) {
      const from_step = drafts[from]?.source.id;
      if (!required || !flow.maySkip[from] || from_step === undefined) continue;
      if ((flow.gates[from] ?? []).length === 0 && !drafts[from]?.planned.condition) continue;
      const message = `${from_step} may be skipped, and ${source.id} with it: it reads what that makes`;
      findings.warn("may-be-skipped", `${source.path}.inputs`, message, {
        step: source.id,
        suggestion: 'add "optional": true to the reference to run it anyway',
      });
    }
  }
}

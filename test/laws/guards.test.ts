import { guard } from "../../src/guards/guard.js";
import { pii, scrubStage } from "../../src/guards/pii/pii.js";
import { echo } from "../../src/models/echo.js";
import { modelLaws } from "./model-laws.js";
import { stageLaws } from "./stage-laws.js";

const fast = { tokensPerSecond: Number.POSITIVE_INFINITY };

stageLaws("a scrubbing stage", () => scrubStage(), { lossless: false });
modelLaws("a model behind a PII guard", () => ({ model: guard(echo(fast), pii()) }));
modelLaws("a model behind a reversible PII guard", () => ({ model: guard(echo(fast), pii({ reversible: true })) }));

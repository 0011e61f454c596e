import { useSignal } from "@preact/signals";
import type { JsonObject } from "../../../src/base/json.js";
import { isJsonObject } from "../../../src/base/json.js";
import { SluiceError } from "../../../src/stream/error.js";
import { SchemaForm } from "../form/schema-form.js";

interface StartFormProps {
  /** JSON Schema of the inputs. */
  inputs: JsonObject;
  onStart(inputs: JsonObject): Promise<void>;
}

/** What a run is given, as a form. */
export function StartForm({ inputs, onStart }: StartFormProps) {
  const problem = useSignal("");
  const busy = useSignal(false);
  const start = async (given: JsonObject) => {
    problem.value = "";
    busy.value = true;
    try {
      await onStart(given);
    } catch (thrown) {
      problem.value = SluiceError.from(thrown).message;
    } finally {
      busy.value = false;
    }
  };
  const hasInputs = isJsonObject(inputs.properties) && Object.keys(inputs.properties).length > 0;
  return (
    <div class="start-form" aria-busy={busy.value}>
      {hasInputs ? (
        <SchemaForm
          schema={textual(inputs)}
          submit="Run"
          onAnswer={(value) => void start(isJsonObject(value) ? value : {})}
        />
      ) : (
        <button type="button" class="button small primary" onClick={() => void start({})}>
          Run
        </button>
      )}
      {problem.value !== "" && (
        <p class="notice danger" role="alert">
          {problem.value}
        </p>
      )}
    </div>
  );
}

/** Inputs without a type are texts for people. */
function textual(inputs: JsonObject): JsonObject {
  const properties = isJsonObject(inputs.properties) ? inputs.properties : {};
  const typed = Object.entries(properties).map(([name, schema]) => [
    name,
    isJsonObject(schema) && schema.type === undefined && schema.enum === undefined
      ? { ...schema, type: "string" }
      : schema,
  ]);
  return { ...inputs, properties: Object.fromEntries(typed) };
}

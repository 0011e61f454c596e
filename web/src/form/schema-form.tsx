import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { JsonObject, JsonValue } from "../../../src/base/json.js";
import { type FormField, fieldName, fieldsOf, givenValue } from "./fields-of.js";
import "./form.css";

interface SchemaFormProps {
  schema: JsonObject;
  onAnswer(value: JsonValue): void;
  onDecline?(): void;
  /** What the button that gives the answer says. Default `Answer`. */
  submit?: string;
}

/** A form for what fits a JSON Schema. */
export function SchemaForm({ schema, onAnswer, onDecline, submit: word = "Answer" }: SchemaFormProps) {
  const problem = useSignal("");
  const fields = fieldsOf(schema);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    try {
      onAnswer(givenValue(fields, new FormData(event.currentTarget)));
    } catch {
      problem.value = "One of the fields has to be JSON.";
    }
  };
  return (
    <form class="schema-form" onSubmit={submit}>
      {fields.map((field) => (
        <Field key={field.name} field={field} />
      ))}
      {problem.value !== "" && (
        <p class="notice danger" role="alert">
          {problem.value}
        </p>
      )}
      <div class="form-actions">
        {onDecline !== undefined && (
          <button type="button" class="button small" onClick={onDecline}>
            Decline
          </button>
        )}
        <button type="submit" class="button small primary">
          {word}
        </button>
      </div>
    </form>
  );
}

function Field({ field }: { field: FormField }) {
  const id = useId();
  if (field.kind === "choices") return <Choices field={field} />;
  if (field.kind === "boolean") {
    return (
      <label class="switch">
        <span>
          {field.label}
          {field.help !== undefined && <small>{field.help}</small>}
        </span>
        <input type="checkbox" name={fieldName(field.name)} defaultChecked={field.initial === true} />
      </label>
    );
  }
  return (
    <label class="field" for={id}>
      <span>
        {field.label}
        {!field.required && <small> optional</small>}
      </span>
      <Control id={id} field={field} />
      {field.help !== undefined && <small>{field.help}</small>}
    </label>
  );
}

function Control({ id, field }: { id: string; field: FormField }) {
  const { kind, choices = [], initial, required, limits } = field;
  const name = fieldName(field.name);
  const text = initial === undefined ? "" : typeof initial === "string" ? initial : JSON.stringify(initial);
  if (kind === "choice") {
    return (
      <select id={id} class="input" name={name} required={required}>
        {(!required || initial === undefined) && <option value="" />}
        {choices.map(({ value, label }, index) => (
          <option key={label} value={index} selected={value === initial}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  if (kind === "long-text" || kind === "json") {
    return <textarea id={id} class="input" name={name} required={required} defaultValue={text} />;
  }
  const rest = {
    id,
    class: "input",
    name,
    required,
    defaultValue: text,
    autocomplete: "off",
    ...(limits.minLength !== undefined && { minLength: limits.minLength }),
    ...(limits.maxLength !== undefined && { maxLength: limits.maxLength }),
    ...(limits.pattern !== undefined && { pattern: limits.pattern }),
  };
  if (kind === "number" || kind === "integer") {
    const { min, max } = limits;
    const step = kind === "number" ? "any" : 1;
    return (
      <input
        type="number"
        {...rest}
        step={step}
        {...(min !== undefined && { min })}
        {...(max !== undefined && { max })}
      />
    );
  }
  switch (limits.type) {
    case "email":
      return <input type="email" {...rest} />;
    case "url":
      return <input type="url" {...rest} />;
    case "date":
    case "time":
    case "datetime-local":
      return <input type={limits.type} {...rest} />;
    default:
      return <input type="text" {...rest} />;
  }
}

function Choices({ field }: { field: FormField }) {
  return (
    <fieldset class="choices">
      <legend>{field.label}</legend>
      {field.choices?.map(({ label, value }, index) => (
        <label key={label}>
          <input
            type="checkbox"
            name={fieldName(field.name)}
            value={index}
            defaultChecked={Array.isArray(field.initial) && field.initial.includes(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

import type { BreakerCounts } from "../../models/routing/circuit-breaker.js";
import { SluiceError } from "../../stream/error.js";

/** Whether a circuit breaker with these counts opens. */
export type Trip = (counts: BreakerCounts) => boolean;

/** A number of CEL: whole numbers divide without a rest. */
interface Num {
  value: number;
  whole: boolean;
}
type Value = Num | boolean;
type Expression = (counts: BreakerCounts) => Value;

/** Thrown while an expression is worked out: as in daprd, it then does not trip. */
const NO_VALUE = new Error("no value");

/**
 * Compiles the condition on which a circuit breaker opens. It is written in the part of CEL that conditions on counts
 * need: the five counts, numbers, `+ - * / %`, comparisons, `&& || !`, parentheses, `int()` and `double()`.
 * Language: https://github.com/google/cel-spec/blob/master/doc/langdef.md
 *
 * @throws {SluiceError} `invalid-argument` for anything else.
 */
export function compileTrip(text: string): Trip {
  const expression = new Parser(text).parse();
  return (counts) => {
    try {
      return expression(counts) === true;
    } catch (error) {
      if (error === NO_VALUE) return false;
      throw error;
    }
  };
}

const TOKEN = /\s*(?:(\d+\.\d*|\.\d+|\d+)|([A-Za-z_]\w*)|(\|\||&&|[<>=!]=|[-+*/%<>!()]))/y;

/** Binary operators, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/", "%"],
];

class Parser {
  readonly #text: string;
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    const end = text.trimEnd().length;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < end) {
      const token = TOKEN.exec(text);
      if (token === null) throw this.#unreadable();
      this.#tokens.push(token[1] ?? token[2] ?? token[3] ?? "");
    }
  }

  parse(): Expression {
    const expression = this.#binary(0);
    if (this.#at < this.#tokens.length) throw this.#unreadable();
    return expression;
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (
      let next = this.#tokens[this.#at];
      next !== undefined && operators.includes(next);
      next = this.#tokens[this.#at]
    ) {
      this.#at++;
      left = combine(next, left, this.#binary(level + 1));
    }
    return left;
  }

  #unary(): Expression {
    const token = this.#take();
    if (token === "!") {
      const operand = this.#unary();
      return (counts) => !truth(operand(counts));
    }
    if (token === "-") {
      const operand = this.#unary();
      return (counts) => {
        const { value, whole } = number(operand(counts));
        return { value: -value, whole };
      };
    }
    if (token === "(") return this.#closed();
    if (/^[\d.]/.test(token)) {
      const constant = { value: Number(token), whole: !token.includes(".") };
      return () => constant;
    }
    return this.#named(token);
  }

  #named(name: string): Expression {
    if (name === "true" || name === "false") return () => name === "true";
    if (name === "int" || name === "double") {
      if (this.#take() !== "(") throw this.#unreadable();
      const operand = this.#closed();
      const whole = name === "int";
      return (counts) => {
        const { value } = number(operand(counts));
        return { value: whole ? Math.trunc(value) : value, whole };
      };
    }
    if (!isCount(name)) throw this.#unreadable();
    return (counts) => ({ value: counts[name], whole: true });
  }

  #closed(): Expression {
    const inner = this.#binary(0);
    if (this.#take() !== ")") throw this.#unreadable();
    return inner;
  }

  #take(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.#unreadable();
    return token;
  }

  #unreadable(): SluiceError {
    const message = `circuit breaker trip: found ${JSON.stringify(this.#text)}; allowed: a condition on ${COUNTS.join(", ")}`;
    return new SluiceError("invalid-argument", message, { field: "trip" });
  }
}

const COUNTS = ["requests", "totalSuccesses", "totalFailures", "consecutiveSuccesses", "consecutiveFailures"] as const;

function isCount(name: string): name is keyof BreakerCounts {
  return COUNTS.some((count) => count === name);
}

function combine(operator: string, left: Expression, right: Expression): Expression {
  switch (operator) {
    case "||":
      return (counts) => decided(true, left, right, counts);
    case "&&":
      return (counts) => decided(false, left, right, counts);
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return (counts) => calculate(operator, number(left(counts)), number(right(counts)));
    default:
      return (counts) => compare(operator, left(counts), right(counts));
  }
}

/** Either side alone can decide, even where the other has no value (CEL's specification, "Logical Operators"). */
function decided(outcome: boolean, left: Expression, right: Expression, counts: BreakerCounts): boolean {
  try {
    if (truth(left(counts)) === outcome) return outcome;
  } catch (error) {
    if (error === NO_VALUE && truth(right(counts)) === outcome) return outcome;
    throw error;
  }
  return truth(right(counts));
}

function calculate(operator: "+" | "-" | "*" | "/" | "%", a: Num, b: Num): Num {
  const whole = a.whole && b.whole;
  switch (operator) {
    case "+":
      return { value: a.value + b.value, whole };
    case "-":
      return { value: a.value - b.value, whole };
    case "*":
      return { value: a.value * b.value, whole };
    case "/":
      if (whole && b.value === 0) throw NO_VALUE;
      return { value: whole ? Math.trunc(a.value / b.value) : a.value / b.value, whole };
    case "%":
      if (!whole || b.value === 0) throw NO_VALUE;
      return { value: a.value % b.value, whole };
    default:
      return operator satisfies never;
  }
}

function compare(operator: string, left: Value, right: Value): boolean {
  if (typeof left === "boolean" || typeof right === "boolean") {
    if (typeof left !== typeof right || (operator !== "==" && operator !== "!=")) throw NO_VALUE;
    return (left === right) === (operator === "==");
  }
  const [a, b] = [left.value, right.value];
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

function truth(value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw NO_VALUE;
}

function number(value: Value): Num {
  if (typeof value === "boolean") throw NO_VALUE;
  return value;
}

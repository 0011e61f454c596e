import type { AppPlan } from "./app-plan.js";

/** What is run, and how. */
export interface AppRunOptions {
  apps: readonly AppPlan[];
  /** Whether a component echo stands in if there are none, and `${NAME}` in resources is replaced. */
  development: boolean;
  /** Variables of a `.env` file: they win over the environment, for sidecars and apps. */
  variables: Readonly<Record<string, string>>;
  /** Whether a daprd is used where there is one. */
  useDaprd: boolean;
  /** Where the sidecars keep conversations; default: nowhere. */
  store?: string;
}

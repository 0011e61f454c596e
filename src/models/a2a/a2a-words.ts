import type { Role, TaskState } from "@a2a-js/sdk";

/** States of tasks, by A2A's numbers (a2a.proto of version 1.0): its package is loaded only where it is used. */
export const STATE = {
  submitted: 1,
  working: 2,
  completed: 3,
  failed: 4,
  canceled: 5,
  inputRequired: 6,
  rejected: 7,
  authRequired: 8,
} as const satisfies Record<string, TaskState>;

/** Who speaks. */
export const ROLE = { user: 1, agent: 2 } as const satisfies Record<string, Role>;

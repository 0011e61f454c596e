// What the workflow of the durable steps is: the same for all rows.

/** Steps that do nothing, one after the other. */
export const STEPS = 50;

/**
 * Runs the workflow once, and resolves with how many steps ran.
 *
 * @typedef {object} DurableSteps
 * @property {() => Promise<number>} run
 * @property {() => Promise<void>} close
 */
/** @typedef {(databaseUrl: string) => Promise<DurableSteps>} OpenSteps */

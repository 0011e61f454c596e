/**
 * Limits that only a test that hangs meets, in ms: a busy machine runs everything many times slower. They hold for every test; none
 * has one of its own.
 */
export const LIMITS = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  teardownTimeout: 60_000,
  // Less than a test may take, so that a failure says what did not come.
  expect: { poll: { timeout: 120_000 } },
} as const;

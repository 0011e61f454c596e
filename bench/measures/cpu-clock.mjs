/** Starts a clock; it gives the CPU time of this process since, user and system, and the time, in µs. */
export function cpuClock() {
  const cpu = process.cpuUsage();
  const start = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpuUs: user + system, us: (performance.now() - start) * 1_000 };
  };
}

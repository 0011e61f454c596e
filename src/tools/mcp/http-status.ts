/** The HTTP status that an error of a request carries, where it carries one. */
export function httpStatusOf(thrown: unknown): number | undefined {
  // StreamableHTTPError has the status as `code`; errors of the protocol have negative codes.
  const code: unknown = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "number" && code >= 400 && code < 600 ? code : undefined;
}

/** What a page loads that streams text from a service of a protocol, or before its first call: minified, after gzip, in KB. */
export function pageKb(dialect?: string): Promise<number>;

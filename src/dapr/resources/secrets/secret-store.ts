/** A place that secrets are read from. */
export interface SecretStore {
  /**
   * The keys and values of one secret.
   *
   * @throws {Error} in daprd's words when there is none of that name.
   */
  get(name: string): Readonly<Record<string, string>>;
}

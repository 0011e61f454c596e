/**
 * A value that is still arriving: any property may be missing, any array may be shorter, any string too. What is there is
 * not checked yet. For reading only: partial values share what is complete.
 */
export type DeepPartial<T> = T extends string | number | boolean | bigint | symbol | null | undefined
  ? T
  : T extends readonly (infer Element)[]
    ? readonly DeepPartial<Element>[]
    : T extends object
      ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> }
      : T;

/**
 * What the workflows of a matrix can be looked for by on a Temporal server, in the form that its client takes as a typed
 * key. They stand in the clear, also where payloads are encrypted.
 */
export const searchAttributes = {
  /** Identity of the store that the matrix belongs to. */
  store: { name: 'AssayStore', type: 'KEYWORD' },
  experiment: { name: 'AssayExperiment', type: 'KEYWORD' },
  /** Fingerprint of the condition. */
  condition: { name: 'AssayCondition', type: 'KEYWORD' },
  run: { name: 'AssayRun', type: 'KEYWORD' },
} as const;

/** Values of attributes in the form in which the client and workflows take them. */
export function toSearchAttributes(values: { readonly [Name in keyof typeof searchAttributes]?: string }) {
  return Object.entries(values).map(([name, value]) => ({
    key: searchAttributes[name as keyof typeof searchAttributes],
    value,
  }));
}

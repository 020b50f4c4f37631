import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import type { OptimizerBatch, TokenRuling } from './credit-rule.ts';
import { creditRules } from './index.ts';

/**
 * Two rows of three columns, the last one padding. A is 2 in the first row and −2 in the second (mean 0), current logprobs
 * −1, −3 | −3, −1 (mean −2): covariances 2, −2 | 2, −2.
 */
export const toyColumns = {
  credit: Float32Array.of(2, 2, 0, -2, -2, 0),
  behaviorLogprobs: Float32Array.of(-1, -3, 0, -3, -1, 0),
  tokenMask: Float32Array.of(1, 1, 0, 1, 1, 0),
  tokenWeights: Float32Array.of(1, 1, 0, 1, 1, 0),
};

const current = {
  logprobs: Float32Array.of(-1, -3, 0, -3, -1, 0),
  entropies: Float32Array.of(0.1, 0.2, 0, 0.3, 0.4, 0),
};

/** What a rule makes of the toy batch. */
export function rule(
  [name, options = {}]: readonly [name: string, options?: object],
  { update = 0, ...changes }: Partial<OptimizerBatch> & { readonly update?: number } = {},
): TokenRuling {
  const opened = creditRules.open(name, options);
  const generator = createGenerator(deriveStream(4, name), update);
  const batch = { width: 3, ...toyColumns, current: () => current, isClipped: () => false, generator };
  return opened.part.rule!({ ...batch, ...changes }, opened.options);
}

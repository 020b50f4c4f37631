import { z } from 'zod';
import type { CreditRule, OptimizerBatch } from './credit-rule.ts';
import { actedMetric, chosenMetric, countTokens, measureCovariances } from './token-covariance.ts';

const optionsSchema = z.strictObject({
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.002)
    .describe("Share of the optimizer batch's tokens that are tied, at least one token."),
  penalty: z
    .number()
    .min(0)
    .default(1)
    .describe('Weight of the absolute difference of logprob and behavior logprob on these tokens.'),
});

/**
 * Logprobs closer than this count as equal. Before a batch's first update they differ by rounding alone, and the sign of
 * rounding must not decide where a penalty of slope ±1 pulls.
 */
const ROUNDING_NATS = 1e-4;

/** penalty · sign(logprob − behavior logprob) of the chosen tokens, 0 elsewhere and where the two are equal. */
function slopePenalties(batch: OptimizerBatch, chosen: readonly number[], penalty: number): Float32Array {
  const slopes = new Float32Array(batch.tokenMask.length);
  const { logprobs } = batch.current();
  for (const at of chosen) {
    const moved = logprobs[at]! - batch.behaviorLogprobs[at]!;
    if (Math.abs(moved) > ROUNDING_NATS) slopes[at] = penalty * Math.sign(moved);
  }
  return slopes;
}

/**
 * The max(1, ⌊share · tokens⌋) tokens of highest covariance, as far as it is positive; of equals the first. Unlike in the
 * authors' code a token of covariance 0 or below is never among them, so a batch without any advantage is left alone.
 */
export const klCov: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'kl-cov',
  description: 'Ties the tokens of highest covariance of advantage and logprob to the behavior policy.',
  source: 'The entropy mechanism of RL, arXiv 2505.22617, section 4',
  optionsSchema,
  metrics: [chosenMetric, actedMetric],
  rule: (batch, { share, penalty }) => {
    const { tokenWeights } = batch;
    const covariances = measureCovariances({ ...batch, logprobs: batch.current().logprobs });
    const tokens = countTokens(batch.tokenMask);
    const chosen = [...covariances.keys()]
      .filter((at) => tokenWeights[at] !== 0 && covariances[at]! > 0)
      .sort((a, b) => covariances[b]! - covariances[a]! || a - b)
      .slice(0, Math.max(1, Math.floor(share * tokens)));
    const slopes = slopePenalties(batch, chosen, penalty);
    return {
      tokenWeights,
      slopes,
      metrics: {
        [chosenMetric.name]: chosen.length / tokens,
        [actedMetric.name]: chosen.filter((at) => slopes[at] !== 0).length / tokens,
      },
    };
  },
};

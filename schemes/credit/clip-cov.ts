import { z } from 'zod';
import type { CreditRule } from './credit-rule.ts';
import { actedMetric, chosenMetric, countTokens, measureCovariances } from './token-covariance.ts';

const optionsSchema = z.strictObject({
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.0002)
    .describe("Share of the optimizer batch's tokens that lose their policy gradient, at least one token."),
  low: z.number().default(1).describe('Only tokens of a covariance above this are drawn.'),
  high: z.number().default(5).describe('Only tokens of a covariance below this are drawn.'),
});

/** max(1, ⌊share · tokens⌋) tokens at random of those with a covariance in (low, high) that nothing has silenced already. */
export const clipCov: CreditRule<z.infer<typeof optionsSchema>> = {
  name: 'clip-cov',
  description:
    'Some tokens of high covariance of advantage and logprob, drawn at random, carry no policy gradient.',
  source: 'The entropy mechanism of RL, arXiv 2505.22617, section 4',
  optionsSchema,
  metrics: [chosenMetric, actedMetric],
  rule: (batch, { share, low, high }) => {
    const { tokenWeights } = batch;
    const covariances = measureCovariances({ ...batch, logprobs: batch.current().logprobs });
    const tokens = countTokens(batch.tokenMask);
    const candidates = [...covariances.keys()].filter(
      (at) =>
        tokenWeights[at] !== 0 && covariances[at]! > low && covariances[at]! < high && !batch.isClipped(at),
    );
    const limit = Math.max(1, Math.floor(share * tokens));
    const chosen = new Set(batch.generator.shuffle(candidates).slice(0, limit));
    return {
      tokenWeights: tokenWeights.map((weight, at) => (chosen.has(at) ? 0 : weight)),
      metrics: {
        [chosenMetric.name]: chosen.size / tokens,
        [actedMetric.name]: [...chosen].filter((at) => batch.credit[at] !== 0).length / tokens,
      },
    };
  },
};

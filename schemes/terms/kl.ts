import { z } from 'zod';
import type { Tensor, TensorLibrary } from './tensor-library.ts';
import type { ObjectiveTerm } from './term.ts';

const optionsSchema = z.strictObject({
  estimator: z
    .enum(['k1', 'k2', 'k3'])
    .default('k3')
    .describe('Estimator of the KL to the reference policy.'),
  biasCorrection: z.boolean().default(false).describe('Multiply the KL by the importance ratio.'),
});

type KlOptions = z.infer<typeof optionsSchema>;

function estimate(tf: TensorLibrary, difference: Tensor, estimator: KlOptions['estimator']): Tensor {
  if (estimator === 'k1') return tf.neg(difference);
  if (estimator === 'k2') return tf.div(tf.square(difference), 2);
  return tf.sub(tf.sub(tf.exp(difference), difference), 1);
}

/**
 * Estimate per token of the KL from the policy to the reference, with d = reference − policy logprob
 * (Schulman, "Approximating KL divergence", 2020):
 * k1 = −d, k2 = d²/2, k3 = exp(d) − d − 1. With biasCorrection it is multiplied by the ratio, whose gradient counts.
 *
 * Differentiated as it stands, k1 has a gradient of mean 0 on samples of the policy itself, and k2 and k3 differ.
 */
export const kl: ObjectiveTerm<KlOptions> = {
  name: 'kl',
  description: 'KL to the reference policy, per token; its weight is the β of papers.',
  source: 'Schulman, Approximating KL divergence, 2020; GRPO, arXiv 2402.03300',
  optionsSchema,
  metrics: [
    {
      name: 'loss/kl',
      unit: 'nats',
      description: "mean KL to the reference per token, by the term's estimator, before its weight",
    },
  ],
  needs: () => ['referenceLogprobs'],
  readsRatio: ({ biasCorrection }) => biasCorrection,
  loss: ({ tf, logprobs, tokenMask, ratio, columns }, { estimator, biasCorrection }) => {
    const difference = tf.mul(tf.sub(columns['referenceLogprobs']!, logprobs), tokenMask);
    const divergence = estimate(tf, difference, estimator);
    return biasCorrection ? tf.mul(divergence, ratio) : divergence;
  },
};

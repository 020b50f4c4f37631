import { z } from 'zod';
import type { Tensor, TensorLibrary } from './tensor-library.ts';
import type { ObjectiveTerm } from './term.ts';

const optionsSchema = z.strictObject({
  beta: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      'Which divergence: 0 is the forward KL(teacher ‖ policy), 1 the reverse KL(policy ‖ teacher), what lies between the generalized ' +
        'Jensen–Shannon divergence of that weight.',
    ),
});

/** KL(p ‖ q) of logprobs [n, T, V] over their last axis: [n, T]. */
function measureKl(tf: TensorLibrary, p: Tensor, q: Tensor): Tensor {
  return tf.sum(tf.mul(tf.exp(p), tf.sub(p, q)), -1);
}

/** log(β·exp(a) + (1 − β)·exp(b)), without an underflow of either. */
function mix(tf: TensorLibrary, [a, b]: readonly [Tensor, Tensor], beta: number): Tensor {
  const [first, second] = [tf.add(a, Math.log(beta)), tf.add(b, Math.log(1 - beta))];
  return tf.add(tf.maximum(first, second), tf.softplus(tf.neg(tf.abs(tf.sub(first, second)))));
}

/**
 * Divergence from the teacher over the whole vocabulary, at every sampled token: with T the teacher, P the policy and
 * M = β·T + (1 − β)·P it is β·KL(T ‖ M) + (1 − β)·KL(P ‖ M); at β = 0 KL(T ‖ P), at β = 1 KL(P ‖ T). Exact, where credit rule
 * teacher-gap estimates the reverse KL from the sampled token alone. No gradient flows through what was sampled. Equal to TRL
 * 1.16.0's `generalized_jsd_loss`.
 */
export const divergence: ObjectiveTerm<z.infer<typeof optionsSchema>> = {
  name: 'divergence',
  description:
    'Divergence from the teacher over the whole vocabulary, per token: forward or reverse KL, or between.',
  source: 'GKD, arXiv 2306.13649, eq. 1 and 2',
  optionsSchema,
  metrics: [
    {
      name: 'loss/divergence',
      unit: 'nats',
      description: 'mean divergence from the teacher per token, over the whole vocabulary, before its weight',
    },
  ],
  needs: () => ['teacherDistributions'],
  readsDistributions: () => true,
  loss: ({ tf, distributions, columns, tokenMask }, { beta }) => {
    const [policy, teacher] = [distributions!, columns['teacherDistributions']!];
    const measure = (): Tensor => {
      if (beta === 0) return measureKl(tf, teacher, policy);
      if (beta === 1) return measureKl(tf, policy, teacher);
      const mixture = mix(tf, [teacher, policy], beta);
      const parts = [measureKl(tf, teacher, mixture), measureKl(tf, policy, mixture)] as const;
      return tf.add(tf.mul(parts[0], beta), tf.mul(parts[1], 1 - beta));
    };
    return tf.mul(measure(), tokenMask);
  },
};

import { countTokens, measureCovariances } from './credit/token-covariance.ts';
import type { ShapedBatch } from '../rollouts/rollout-batch.ts';
import type { StepMetric } from '../config/part.ts';

/** What every update records, whatever the scheme; its parts declare the rest. */
export const updateMetrics: readonly StepMetric[] = [
  {
    name: 'loss/policy',
    unit: 'loss',
    description: 'loss of the update, all terms of the objective included',
  },
  { name: 'gradient/norm', unit: 'norm', description: 'global gradient norm before clipping' },
  {
    name: 'entropy/mean_nats',
    unit: 'nats',
    description: 'mean entropy of the behavior policy over all sampled tokens that count',
  },
  {
    name: 'update/clip_fraction',
    unit: 'fraction',
    description: 'share of tokens whose gradient a clip or cap took away or limited',
  },
  { name: 'update/clip_fraction_high', unit: 'fraction', description: 'the same for ratios above 1' },
  { name: 'update/clip_fraction_low', unit: 'fraction', description: 'the same for ratios below 1' },
  {
    name: 'update/clip_freed',
    unit: 'fraction',
    description:
      'share of tokens that an upper clip bound as narrow as the lower one would have silenced (clip-higher); 0 with equal bounds',
  },
  {
    name: 'update/ratio_mean',
    unit: 'ratio',
    description: 'mean of policy over behavior probability per token',
  },
  {
    name: 'update/approx_kl_nats',
    unit: 'nats',
    description: 'mean KL from the behavior policy to the policy per token (k3), as the step began',
  },
  { name: 'update/learning_rate', unit: 'rate', description: 'learning rate of the optimizer step' },
  { name: 'update/tokens', unit: 'tokens', description: 'counted tokens whose gradient was computed' },
  {
    name: 'update/covariance_mean',
    unit: 'nats',
    description:
      'covariance of advantage and logprob over the sampled tokens, the first-order driver of entropy: positive lowers it',
  },
  {
    name: 'update/skipped',
    unit: 'fraction',
    description:
      "share of a step's updates that were left out, so that neither weights nor optimizer moved: no token counted (all masked), or no rollout carried credit while no other term of the objective was in force",
  },
  {
    name: 'reference/kl_nats',
    unit: 'nats',
    description: 'mean KL from the behavior policy to the reference policy per token (k1), as sampled',
  },
  {
    name: 'teacher/kl_nats',
    unit: 'nats',
    description: 'mean KL from the behavior policy to the teacher per token (k1), as sampled',
  },
];

/** Mean per counted token of the KL from the behavior policy to the models that scored its tokens (k1), as sampled. */
export function measureModels({
  logprobs,
  referenceLogprobs,
  teacherLogprobs,
  tokenMask,
}: ShapedBatch['perToken']): Record<string, number> {
  const tokens = countTokens(tokenMask);
  const divergence = (scored: Float32Array | undefined): number | null => {
    if (scored === undefined || tokens === 0) return null;
    let sum = 0;
    tokenMask.forEach((counts, at) => {
      if (counts !== 0) sum += logprobs[at]! - scored[at]!;
    });
    return sum / tokens;
  };
  const measured = {
    'reference/kl_nats': divergence(referenceLogprobs),
    'teacher/kl_nats': divergence(teacherLogprobs),
  };
  return Object.fromEntries(
    Object.entries(measured).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}

/** Means over all counted tokens, those of rollouts without credit included, as sampled; null when no token counts. */
export function measureTokens(
  columns: ShapedBatch['perToken'],
): { readonly entropy: number; readonly covariance: number } | null {
  const { entropies, tokenMask } = columns;
  const tokens = countTokens(tokenMask);
  if (tokens === 0) return null;
  const total = entropies.reduce((running, entropy, at) => running + entropy * tokenMask[at]!, 0);
  const covariances = measureCovariances(columns);
  return { entropy: total / tokens, covariance: covariances.reduce((a, b) => a + b, 0) / tokens };
}

/** Mean of each metric over the rows that have it. */
export function averageMetrics(rows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(
    names.map((name) => {
      const values = rows.flatMap((row) => row[name] ?? []);
      return [name, values.reduce((total, value) => total + value, 0) / values.length];
    }),
  );
}

import { z } from 'zod';
import type { AnswerConfidence } from './answer-confidence.ts';
import { MissingSignalError, type Reward } from './reward.ts';

const optionsSchema = z.strictObject({
  kind: z
    .enum(['disparity', 'mean-probability'])
    .default('disparity')
    .describe(
      "Confidence of the answer's tokens: mean of first minus second probability of the distribution each was drawn from, or mean probability of the tokens drawn.",
    ),
  form: z
    .enum(['value', 'rank'])
    .default('value')
    .describe(
      "The confidence itself, or its rank in the group / (G − 1), ties shared: the share of the group's other rollouts it is preferred to.",
    ),
});

type ConfidenceOptions = z.infer<typeof optionsSchema>;

/** A completion without an answer has no confidence in one: 0, the least. */
function valueOf(confidence: AnswerConfidence | null, kind: ConfidenceOptions['kind']): number {
  if (confidence === null) return 0;
  if (kind === 'mean-probability') return confidence.meanProbability;
  if (confidence.disparity !== null) return confidence.disparity;
  throw new MissingSignalError('confidence', 'the first and second probability of each answer token', {
    mend: 'sample again with this scheme, which records them, or use kind "mean-probability"',
  });
}

function rankOf(values: readonly number[], at: number): number {
  if (values.length < 2) return 0;
  const own = values[at]!;
  const lower = values.filter((value) => value < own).length;
  const others = values.filter((value) => value === own).length - 1;
  return (lower + others / 2) / (values.length - 1);
}

/**
 * The policy's own confidence c in its answer span as reward, without any label (RLSF, arXiv 2507.21931). Over the n
 * tokens of the span: disparity c = (1/n) Σ (p⁽¹⁾ − p⁽²⁾), first minus second probability, or c = (1/n) Σ p(token). 0
 * without an answer. The paper's exact formula was not retrieved: the disparity is that of CoT-decoding, its default there.
 *
 * As rank, (lower + ½ · equal others) / (G − 1), it is the paper's preference between traces of one prompt: a rollout's
 * share of pairs won.
 *
 * @throws MissingSignalError when the disparity was not recorded
 */
export const confidence: Reward<ConfidenceOptions> = {
  name: 'confidence',
  description: "The policy's own confidence in its answer's tokens, as value or rank.",
  source: 'RLSF, arXiv 2507.21931',
  optionsSchema,
  needs: ({ kind }) => (kind === 'disparity' ? ['disparities'] : []),
  score: ({ group, position }, { kind, form }) => {
    const values = group.map((member) => valueOf(member.confidence, kind));
    return form === 'rank' ? rankOf(values, position) : values[position]!;
  },
};

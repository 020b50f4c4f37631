import { z } from 'zod';
import type { Reward, RewardInput } from './reward.ts';

const optionsSchema = z.strictObject({
  format: z
    .string()
    .nullable()
    .default(null)
    .describe(
      "Reward only this one of the task's formats; null: any completion with a readable final answer.",
    ),
});

function isWellFormed({ verdict }: RewardInput): boolean | null {
  if (verdict.outcome === 'malformed') return false;
  return verdict.outcome === 'unverifiable' && verdict.extractedAnswer === null ? null : true;
}

/**
 * 1 when the completion is well formed, whatever its answer, else 0 (format reward of Spurious Rewards, arXiv 2506.10947);
 * with a named format, the strategy reward (that paper's "python" reward). Null when the check itself could not tell.
 */
export const format: Reward<z.infer<typeof optionsSchema>> = {
  name: 'format',
  description: '1 with a readable final answer, whatever it is, or in one named format; 0 otherwise.',
  source: 'Spurious Rewards, arXiv 2506.10947',
  optionsSchema,
  score: (input, options) => {
    if (options.format !== null) return input.format === options.format && !input.isTruncated ? 1 : 0;
    const wellFormed = isWellFormed(input);
    return wellFormed === null ? null : Number(wellFormed);
  },
};

import { z } from 'zod';
import type { Reward } from './reward.ts';

const optionsSchema = z.strictObject({
  isInverted: z
    .boolean()
    .default(false)
    .describe('Give 1 − r instead of r to completions with a readable answer.'),
});

const WHOLE = /^\s*-?\d+\s*$/;
const NUMBER = /^\s*-?\d+(?:\.\d+)?\s*$/;

/** |a − b|; of whole numbers exactly, since neighbours beyond 2^53 are one and the same float64. */
function distanceBetween(answer: string, reference: string): number {
  if (!WHOLE.test(answer) || !WHOLE.test(reference)) return Math.abs(Number(answer) - Number(reference));
  const difference = Number(BigInt(answer) - BigInt(reference));
  return Math.abs(difference);
}

/**
 * Closeness of a numeric answer a to the reference b: r = 1 − ½·min(|a − b|, 1) − ½·min(|a − b| / (|b| + 10⁻⁶), 1), in
 * [0, 1]; 0 when malformed (arXiv 2507.10532). Null when the answer could not be checked or the reference is no number.
 */
export const graded: Reward<z.infer<typeof optionsSchema>> = {
  name: 'graded',
  description: 'Closeness of a numeric answer in [0, 1], or its inverse.',
  source: 'Reasoning or memorization?, arXiv 2507.10532',
  optionsSchema,
  sees: () => 'labels',
  score: ({ verdict, problem }, { isInverted }) => {
    if (verdict.outcome === 'unverifiable' || !NUMBER.test(problem.answer)) return null;
    if (verdict.extractedAnswer === null || !NUMBER.test(verdict.extractedAnswer)) return 0;
    const reference = Number(problem.answer);
    const distance = distanceBetween(verdict.extractedAnswer, problem.answer);
    const reward =
      1 - 0.5 * Math.min(distance, 1) - 0.5 * Math.min(distance / (Math.abs(reference) + 1e-6), 1);
    return isInverted ? 1 - reward : reward;
  },
};

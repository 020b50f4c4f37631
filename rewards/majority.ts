import { z } from 'zod';
import type { Verdict } from '../tasks/verdict.ts';
import type { RewardComponent } from './reward-component.ts';

const optionsSchema = z.strictObject({
  onlyWrong: z
    .boolean()
    .default(false)
    .describe(
      "Score only groups whose majority answer is wrong; the others get null (arXiv 2506.10947, 'incorrect').",
    ),
});

/** The most frequent extracted answer of a group; missing answers do not vote, a tie goes to the answer seen first. */
export function majorityVerdict(group: readonly { readonly verdict: Verdict }[]): Verdict | null {
  const votes = new Map<string, { count: number; verdict: Verdict }>();
  for (const { verdict } of group) {
    if (verdict.extractedAnswer === null) continue;
    const entry = votes.get(verdict.extractedAnswer) ?? { count: 0, verdict };
    entry.count += 1;
    votes.set(verdict.extractedAnswer, entry);
  }
  const ranked = [...votes.values()].sort((a, b) => b.count - a.count);
  return ranked[0]?.verdict ?? null;
}

/**
 * 1 when the rollout's answer is its own group's majority answer, else 0; null when nobody in the group answered. The
 * paper takes the majority of 64 samples of the base model instead, computed once.
 */
export const majority: RewardComponent<z.infer<typeof optionsSchema>> = {
  name: 'majority',
  optionsSchema,
  score: ({ verdict, group }, { onlyWrong }) => {
    const winner = majorityVerdict(group);
    if (winner === null || (onlyWrong && winner.outcome !== 'incorrect')) return null;
    return verdict.extractedAnswer === winner.extractedAnswer ? 1 : 0;
  },
};

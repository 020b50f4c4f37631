import { z } from 'zod';
import { MissingSignalError, type Reward, type RewardInput } from './reward.ts';

const optionsSchema = z.strictObject({
  of: z
    .enum(['group', 'base'])
    .default('group')
    .describe(
      "Whose answers vote: the rollout's own group, or samples of the base model for the same problem, taken once before training (the paper's way; needs training.pool and training.poolSamples).",
    ),
  onlyWrong: z
    .boolean()
    .default(false)
    .describe(
      "Score only problems whose majority answer is wrong; the others get null (arXiv 2506.10947, 'incorrect').",
    ),
});

type MajorityOptions = z.infer<typeof optionsSchema>;

/** The most frequent answer; the empty answer (none could be extracted) does not vote, of equals the one that sorts first wins. */
export function majorityAnswer(counts: ReadonlyMap<string, number>): string | null {
  let winner: { answer: string; count: number } | null = null;
  for (const [answer, count] of counts) {
    if (answer === '' || count === 0) continue;
    const isAhead =
      winner === null || count > winner.count || (count === winner.count && answer < winner.answer);
    if (isAhead) winner = { answer, count };
  }
  return winner?.answer ?? null;
}

function countVotes({ group, pool }: RewardInput, of: MajorityOptions['of']): Map<string, number> {
  if (of === 'base') {
    if (pool === null) {
      throw new MissingSignalError('majority', "the base model's answers to the problem", {
        mend: 'set training.pool and training.poolSamples, or take the majority of the group (of: "group")',
      });
    }
    return new Map(Object.entries(pool.answers));
  }
  const votes = new Map<string, number>();
  for (const { verdict } of group) {
    const answer = verdict.extractedAnswer ?? '';
    votes.set(answer, (votes.get(answer) ?? 0) + 1);
  }
  return votes;
}

/** Whether an answer is right: as some rollout of the group that gave it was judged, else by the reference's text. */
function isRight({ group, problem }: RewardInput, answer: string): boolean {
  const judged = group.find(({ verdict }) => verdict.extractedAnswer === answer);
  return judged === undefined ? answer === problem.answer : judged.verdict.outcome !== 'incorrect';
}

/**
 * 1 when the rollout's answer is the majority answer, else 0; null when nobody answered. The paper (Spurious Rewards,
 * arXiv 2506.10947) takes the majority of 64 samples of the base model, computed once: `of: 'base'`.
 *
 * @throws MissingSignalError when the base's answers are asked for and were not sampled
 */
export const majority: Reward<MajorityOptions> = {
  name: 'majority',
  description:
    "1 for the most frequent answer of the group, or of the base model's samples; on request only where that answer is wrong.",
  source: 'Spurious Rewards, arXiv 2506.10947 (majority vote, incorrect)',
  optionsSchema,
  sees: ({ onlyWrong }) => (onlyWrong ? 'labels' : 'nothing'),
  needs: ({ of }) => (of === 'base' ? ['pool'] : []),
  score: (input, { of, onlyWrong }) => {
    const winner = majorityAnswer(countVotes(input, of));
    if (winner === null || (onlyWrong && isRight(input, winner))) return null;
    return input.verdict.extractedAnswer === winner ? 1 : 0;
  },
};

import { z } from 'zod';
import { rankByVariance } from './rank-by-variance.ts';
import type { Collector, CollectedRollout } from './collector.ts';

const optionsSchema = z.strictObject({});

/** The accuracy of each prompt of each step: one pass over a problem of the pool. */
function listPasses(rollouts: readonly CollectedRollout[]) {
  const passes = new Map<string, { poolIndex: number; correct: number; rollouts: number }>();
  for (const { step, problemIndex, poolIndex, outcome } of rollouts) {
    const key = `${step}/${problemIndex}`;
    const pass = passes.get(key) ?? { poolIndex: poolIndex!, correct: 0, rollouts: 0 };
    pass.correct += Number(outcome === 'correct');
    pass.rollouts += 1;
    passes.set(key, pass);
  }
  return [...passes.values()];
}

/** Problems of another run's pool by how much their training accuracy varied, highest variance first. */
export const rankedProblems: Collector<z.infer<typeof optionsSchema>> = {
  name: 'ranked-problems',
  description:
    'The problems of another run’s pool, those first whose accuracy varied most over its passes through the pool.',
  source: 'arXiv 2504.20571, section 2',
  optionsSchema,
  reads: 'run',
  gives: 'problems',
  // Its run looked them up already.
  sees: () => 'nothing',
  findFault: (_, { steps, promptsPerStep, pool, hasBudget }) => {
    if (pool === null)
      return 'it trains on fresh problems; ranked are those of a pool: give it training.pool';
    if (steps * promptsPerStep < 2 * pool)
      return `it passes less than twice through its pool of ${pool}; a variance needs two passes`;
    return hasBudget
      ? 'it has a budget, which may end it before it has passed twice through its pool; give it steps alone'
      : null;
  },
  collect: (rollouts) => {
    const passes = listPasses(rollouts);
    const accuracies = passes.map((pass) => ({
      example: pass.poolIndex,
      accuracy: pass.correct / pass.rollouts,
    }));
    return rankByVariance(accuracies).map(({ example, variance }) => ({
      poolIndex: example,
      variance,
      passes: passes.filter(({ poolIndex }) => poolIndex === example).length,
    }));
  },
};

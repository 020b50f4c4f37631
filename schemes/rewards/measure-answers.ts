import type { StepMetric } from '../../config/part.ts';
import type { Judgement } from '../judges/judge.ts';

/** Under whose name the answers of an asked reward stand among judgements: no judge's. */
export function answererOf(reward: string): string {
  return `reward:${reward}`;
}

/** What a step under a scheme with asked rewards records of their answers. */
export const answerMetrics: readonly StepMetric[] = [
  {
    name: 'reward/failed',
    unit: 'fraction',
    description: 'share of scores that were asked for and did not come: late, rejected or unreadable',
  },
];

/** The metrics of a step's answers; none where nothing was asked. */
export function measureAnswers(found: readonly Pick<Judgement, 'outcome'>[]): Record<string, number> {
  if (found.length === 0) return {};
  const failed = found.filter(({ outcome }) => outcome === 'failed' || outcome === 'unparsable');
  return { 'reward/failed': failed.length / found.length };
}

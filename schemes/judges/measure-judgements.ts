import type { StepMetric } from '../../config/part.ts';
import type { Judgement } from './judge.ts';

/** What a step under a scheme with judges records of their findings. */
export const judgementMetrics: readonly StepMetric[] = [
  {
    name: 'judge/undecided',
    unit: 'fraction',
    description:
      'share of judgements that were asked for and not made: unparsable, truncated, failed or refused',
  },
];

/** The metrics of a step's judgements; none where nothing was asked. */
export function measureJudgements(found: readonly Pick<Judgement, 'outcome'>[]): Record<string, number> {
  const asked = found.filter(({ outcome }) => outcome !== 'not-applicable');
  if (asked.length === 0) return {};
  const undecided = asked.filter(({ outcome }) => outcome !== 'judged');
  return { 'judge/undecided': undecided.length / asked.length };
}

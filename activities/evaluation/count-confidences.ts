import type { VerifiedRollout } from '../../db/queries/rollouts.ts';
import type { Task } from '../../tasks/task.ts';

/**
 * How often each confidence was stated and how often its answer was right: confidence as a decimal (empty text: none
 * stated, or cut off) → {n, c}. Samples that could not be verified are not counted. Null when no format states one.
 */
export function countConfidences(
  task: Pick<Task, 'statesConfidence' | 'statedConfidence'>,
  records: readonly VerifiedRollout[],
): Record<string, { n: number; c: number }> | null {
  if (!task.statesConfidence) return null;
  const counts: Record<string, { n: number; c: number }> = {};
  for (const { rollout, verdict } of records) {
    if (verdict.outcome === 'unverifiable') continue;
    const stated = rollout.isTruncated ? null : task.statedConfidence(rollout.text);
    const entry = (counts[stated === null ? '' : String(stated)] ??= { n: 0, c: 0 });
    entry.n += 1;
    entry.c += Number(verdict.outcome === 'correct');
  }
  return counts;
}

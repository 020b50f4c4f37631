import type { Check } from '../../config/check.ts';
import { listTerms } from '../../config/hypothesis.ts';
import { weighCheck, type CheckEvidence } from '../../stats/significance/weigh-check.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { measureTerms, weighScores } from './align-scores.ts';
import { findUnfinished, findUnknown } from './unfinished.ts';

interface NamedCheck {
  readonly name: string;
  readonly check: Check;
}

/** A check that was measured: it held, or it failed. */
export interface MeasuredCheck extends NamedCheck {
  readonly state: 'held' | 'failed';
  readonly evidence: CheckEvidence;
}

/** A check without a number, and why: runs are left to complete, or nothing recorded it. */
export interface UnmeasuredCheck extends NamedCheck {
  readonly state: 'not-measured' | 'pending';
  readonly reason: string;
}

export type CheckRow = MeasuredCheck | UnmeasuredCheck;

export function isMeasuredCheck(row: CheckRow): row is MeasuredCheck {
  return row.state === 'held' || row.state === 'failed';
}

/** What each of an experiment's checks came to, in the order of their names. */
export function weighChecks(input: ComparisonInput, finals: readonly FinalCounts[]): CheckRow[] {
  return Object.entries(input.experiment.checks)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, check]) => weighOne(input, finals, { name, check }));
}

function weighOne(input: ComparisonInput, finals: readonly FinalCounts[], named: NamedCheck): CheckRow {
  const { check } = named;
  const terms = listTerms(check);
  const names = terms.map(({ condition }) => condition);
  const unknown = findUnknown(input, names);
  if (unknown !== null) return { ...named, state: 'not-measured', reason: unknown };
  const unfinished = findUnfinished(input, names);
  if (unfinished !== null) return { ...named, state: 'pending', reason: unfinished };
  const aligned = measureTerms(input, finals, terms);
  if ('reason' in aligned) return { ...named, state: 'not-measured', reason: aligned.reason };
  const evidence = weighCheck({
    values: weighScores(
      aligned.scores,
      terms.map(({ weight }) => weight),
    ),
    bases: aligned.bases,
    alternative: check.alternative,
    bound: check.bound.value,
  });
  return { ...named, state: evidence.holds ? 'held' : 'failed', evidence };
}

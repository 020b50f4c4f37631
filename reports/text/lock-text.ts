import { describeDeviation } from '../../config/claim-lock.ts';
import type { LockRecord } from '../comparison/lock-record.ts';

/** "96 clean and 48 harder problems" */
function describeProblems(problems: Readonly<Record<string, number>>): string {
  const parts = Object.entries(problems).map(([split, count]) => `${count} ${split}`);
  return `${parts.join(' and ')} problems`;
}

/** What the lock fixed, one line. */
export function describeFixed({ lock }: LockRecord): string {
  const { hypotheses, checks, conditions, bases, seeds, problems, samplesPerProblem, alpha, analysis } = lock;
  const { looks } = lock;
  return [
    `hypotheses ${hypotheses.length}`,
    `checks ${Object.keys(checks).length}`,
    `conditions ${Object.keys(conditions).length}`,
    `base seeds ${bases.join(' ')}`,
    ...(looks === undefined ? [] : [`looks after ${looks.join(', ')} bases`]),
    `RL seeds ${seeds.join(' ')}`,
    describeProblems(problems),
    `${samplesPerProblem} samples each`,
    `α ${alpha}`,
    `analysis ${analysis.slice(0, 12)}`,
    ...Object.entries(lock.recipes).map(
      ([name, { card }]) =>
        `recipe ${name} ${card === null ? 'without a card' : `of card ${card.slice(0, 12)}`}`,
    ),
  ].join('; ');
}

/** "abc… of 2026-11-30T…" and the locks that it replaced. */
export function describeSeal({ lock }: LockRecord): string[] {
  const { sha256, lockedAt, history } = lock;
  return [
    `${sha256}, ${lockedAt}`,
    ...history.map((old) => `replaced ${old.sha256.slice(0, 12)}: ${old.reason}`),
  ];
}

/** Every deviation with its reason; empty where there is none. */
export function listLockDeviations({ launches, drift }: LockRecord): string[] {
  return [
    ...launches.flatMap(({ deviations, reason }) =>
      deviations.map((deviation) => `${describeDeviation(deviation)} (${reason})`),
    ),
    ...drift.map((deviation) => `${describeDeviation(deviation)} (no reason is recorded)`),
  ];
}

/** What a report says of the lock, as label → lines. */
export function lockFacts(record: LockRecord | null): readonly (readonly [string, readonly string[]])[] {
  if (record === null) return [['lock', ['none: nothing was fixed in a file before the first run']]];
  const deviations = listLockDeviations(record);
  return [
    ['lock', describeSeal(record)],
    ['locked', [describeFixed(record)]],
    ['deviations', deviations.length === 0 ? ['none'] : deviations],
  ];
}

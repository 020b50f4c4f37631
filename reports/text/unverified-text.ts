import type { UnverifiedCount } from '../../db/queries/report-queries.ts';
import { compareSplits } from '../comparison/final-counts.ts';
import { groupRows } from '../comparison/group-rows.ts';

/** From this share on a reader has to know of it before any other number. */
const MOST_UNVERIFIED = 0.02;

/** What an arm answered on a split and nobody could check. */
interface UnverifiedArm extends Omit<UnverifiedCount, 'runId'> {
  readonly condition: string;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function listArms(
  counts: readonly UnverifiedCount[],
  runs: readonly { readonly id: string; readonly condition: string }[],
): UnverifiedArm[] {
  const conditionOf = new Map(runs.map(({ id, condition }) => [id, condition]));
  const ofArms = counts.flatMap((count) => {
    const condition = conditionOf.get(count.runId);
    return condition === undefined ? [] : [{ ...count, condition }];
  });
  const order = [...new Set(runs.map(({ condition }) => condition))];
  return [...groupRows(ofArms, ({ condition, split }) => JSON.stringify([condition, split])).values()]
    .map((rows) => ({
      condition: rows[0]!.condition,
      split: rows[0]!.split,
      answers: sum(rows.map(({ answers }) => answers)),
      unverifiable: sum(rows.map(({ unverifiable }) => unverifiable)),
      malformed: sum(rows.map(({ malformed }) => malformed)),
    }))
    .sort(
      (a, b) => order.indexOf(a.condition) - order.indexOf(b.condition) || compareSplits(a.split, b.split),
    );
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

/** A warning that stands above a report, with a line per arm and split it is about. */
export interface UnverifiedNotice {
  readonly head: string;
  readonly arms: readonly string[];
}

/**
 * What to say of answers that could not be verified; null where they are few on every split of every arm.
 *
 * @param runs in the order in which their conditions are to be named; counts of others are left out
 */
export function describeUnverified(
  counts: readonly UnverifiedCount[],
  runs: readonly { readonly id: string; readonly condition: string }[],
): UnverifiedNotice | null {
  const arms = listArms(counts, runs).filter(
    ({ answers, unverifiable }) => unverifiable > MOST_UNVERIFIED * answers,
  );
  if (arms.length === 0) return null;
  return {
    head:
      `More than ${100 * MOST_UNVERIFIED} % of the answers could not be verified. They are left out of the report’s ` +
      'numbers, which rest on fewer samples per problem than were drawn.',
    arms: arms.map(
      ({ condition, split, answers, unverifiable, malformed }) =>
        `${condition} on ${split}: ${percent(unverifiable, answers)} of ${answers} answers; a further ${percent(malformed, answers)} were malformed and count as wrong`,
    ),
  };
}

import { noiseFloorSchema, type NoiseFloorDocument } from '../../config/noise-floor.ts';
import { noiseFloor } from '../../stats/significance/noise-floor.ts';
import { IncomparableError } from '../comparison/incomparable-error.ts';
import { formatScore } from '../text/format-number.ts';
import type { ImportedArm } from './imported-arm.ts';
import { pairArms } from './pair-arms.ts';

/** Each run as an arm of its own, so that all are held to the same problems. */
function splitRuns(arms: readonly ImportedArm[]): ImportedArm[] {
  return arms.flatMap((arm) =>
    arm.runs.map((run, i) => ({ ...arm, name: `${arm.name}#${i + 1}`, runs: [run] })),
  );
}

function measureSplit(arms: readonly ImportedArm[], split: string): NoiseFloorDocument {
  const scores = arms.map(({ runs }) =>
    runs[0]!.counts.filter((row) => row.split === split).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  );
  const isGraded = scores.some((rows) => rows.some(({ isBinary }) => !isBinary));
  const {
    spreadLow: low,
    spreadHigh: high,
    ...floor
  } = noiseFloor(scores.map((rows) => rows.map(({ sum, n }) => sum / n)));
  return noiseFloorSchema.parse({
    version: 1,
    kind: 'noise-floor',
    ...{ arm: arms[0]!.name.replace(/#1$/, ''), split, measure: isGraded ? 'mean score' : 'pass@1' },
    ...floor,
    spreadInterval: { low, high, level: 0.95 },
    files: [...new Map(arms.flatMap(({ sources }) => sources.map((one) => [one.sha256, one.file])))].map(
      ([sha256, file]) => ({ file, sha256 }),
    ),
  });
}

export function describeFloor(floor: NoiseFloorDocument): string[] {
  const { runs, problems, measure, split, level, lowest, highest, spread, spreadInterval, swallowed } = floor;
  return [
    `${runs} runs of one recipe score ${formatScore(level)} in ${measure} on ${problems} problems of ${split}, from ${formatScore(lowest)} to ${formatScore(highest)}.`,
    `Standard deviation between runs ${formatScore(spread)} (95% interval ${formatScore(spreadInterval.low)} to ${formatScore(spreadInterval.high)}).`,
    ...(spread === 0
      ? ['They score alike to the last sample, which shows no noise and does not show that there is none.']
      : [
          `Two single runs differ by up to ${formatScore(swallowed)} in 95 of 100 pairs although nothing was changed: a smaller difference between two single runs shows nothing.`,
        ]),
  ];
}

/**
 * How much runs of one recipe differ by chance, and what was left out.
 *
 * @throws IncomparableError when there are fewer than two runs or problems, or several splits
 */
export function measureFloor(arms: readonly ImportedArm[]): {
  readonly floor: NoiseFloorDocument;
  readonly notices: readonly string[];
} {
  const runs = splitRuns(arms);
  if (runs.length < 2)
    throw new IncomparableError(
      'a noise floor needs two runs of one recipe, found one; name more files, or a column with --field seed=COLUMN',
    );
  const { arms: paired, notices } = pairArms(runs);
  const splits = [...new Set(paired[0]!.runs[0]!.counts.map(({ split }) => split))];
  if (splits.length > 1)
    throw new IncomparableError(
      `a noise floor is one of a single split, found ${splits.join(', ')}; choose one with --split`,
    );
  if (paired[0]!.runs[0]!.counts.length < 2)
    throw new IncomparableError(
      `a noise floor needs two problems that every run has a score for, found one; ${notices.join(' ')}`,
    );
  return { floor: measureSplit(paired, splits[0]!), notices };
}

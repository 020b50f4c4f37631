import { countNoun } from '../text/count-noun.ts';
import { IncomparableError } from '../comparison/incomparable-error.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { describeChangedPrompts } from './changed-prompts.ts';
import type { ImportedArm, ImportedCount, ImportedRun } from './imported-arm.ts';
import { nameSome } from './name-some.ts';

/** Arms whose runs all have scores for the same problems. */
export interface PairedArms {
  readonly arms: readonly ImportedArm[];
  /** runs: verdicts speak of other runs too; problems: of these runs as they are. */
  readonly population: 'runs' | 'problems';
  /** What was left out or pooled, a sentence each. */
  readonly notices: readonly string[];
}

/** The split of problems that no source gives one. */
export const ALL = 'all';

/** Tells a problem apart from all others of a comparison. A key has no blank, so that no two places are alike. */
export function placeOf({ split, key }: Pick<ImportedCount, 'split' | 'key'>): string {
  return split === ALL ? key : `${key} ${split}`;
}

/** Σ over counts, problem by problem. */
function poolCounts(counts: readonly ImportedCount[]): ImportedCount[] {
  return [...groupRows(counts, placeOf).values()].map((rows) =>
    rows.length === 1 ? rows[0]! : addCounts(rows),
  );
}

/** Σ over the runs of an arm, as one run. */
function poolRuns(runs: readonly ImportedRun[]): ImportedRun {
  const counts = runs.length === 1 ? runs[0]!.counts : poolCounts(runs.flatMap((run) => run.counts));
  return { seed: 0, counts };
}

function addCounts(rows: readonly ImportedCount[]): ImportedCount {
  const total = (of: (row: ImportedCount) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const isTold = rows.every(({ tokens }) => tokens !== null);
  const answers: Record<string, number> = {};
  const confidences: Record<string, { n: number; c: number }> = {};
  for (const row of rows) {
    for (const [answer, times] of Object.entries(row.answers))
      answers[answer] = (answers[answer] ?? 0) + times;
    for (const [stated, { n, c }] of Object.entries(row.confidences ?? {})) {
      const known = confidences[stated] ?? { n: 0, c: 0 };
      confidences[stated] = { n: known.n + n, c: known.c + c };
    }
  }
  return {
    ...rows[0]!,
    n: total(({ n }) => n),
    sum: total(({ sum }) => sum),
    sumOfSquares: total(({ sumOfSquares }) => sumOfSquares),
    isBinary: rows.every(({ isBinary }) => isBinary),
    failed: total(({ failed }) => failed),
    tokens: isTold ? total(({ tokens }) => tokens!) : null,
    answers,
    confidences: rows.every((row) => row.confidences === null) ? null : confidences,
  };
}

/** Runs of all arms that are pairs: by seed where seeds are told and shared, else in their order. */
function pairRuns(arms: readonly ImportedArm[]): Pick<PairedArms, 'arms' | 'notices'> {
  const seeds = arms.map(({ runs }) => runs.map(({ seed }) => seed));
  const shared = seeds[0]!.filter((seed) => seed !== null && seeds.every((own) => own.includes(seed)));
  const isTwice = seeds.some((own) => shared.some((seed) => own.indexOf(seed) !== own.lastIndexOf(seed)));
  const isBySeed = shared.length > 1 && !isTwice;
  const fewest = isBySeed ? shared.length : Math.min(...arms.map(({ runs }) => runs.length));
  const chosen = arms.map((arm) => ({
    ...arm,
    runs: isBySeed
      ? shared.map((seed) => arm.runs.find((run) => run.seed === seed)!)
      : arm.runs.slice(0, fewest).map((run, i) => ({ ...run, seed: i })),
  }));
  const left = arms.flatMap(({ name, runs }) =>
    runs.length === fewest
      ? []
      : [
          `${countNoun(runs.length - fewest, 'run')} of ${name} ${runs.length - fewest === 1 ? 'has' : 'have'} no counterpart in every other arm and ${runs.length - fewest === 1 ? 'is' : 'are'} left out.`,
        ],
  );
  const hasOtherSeeds = !isBySeed && seeds.some((own) => own.some((seed) => seed !== null));
  const order = hasOtherSeeds
    ? [
        `${isTwice ? 'An arm has several runs of one seed' : 'The arms have no two seeds in common'}; their runs are paired in their order.`,
      ]
    : [];
  return { arms: chosen, notices: [...left, ...order] };
}

/** One run of every arm, those of several pooled: what single runs show of other problems. */
function poolArms(arms: readonly ImportedArm[]): Pick<PairedArms, 'arms' | 'notices'> {
  const single = arms.find(({ runs }) => runs.length === 1)!;
  const notices = arms.flatMap(({ name, runs }) =>
    runs.length === 1
      ? []
      : [
          `${single.name} has one run, so that the ${runs.length} of ${name} are pooled and nothing is said of other runs.`,
        ],
  );
  const pooled = arms.map((arm) => ({ ...arm, runs: [poolRuns(arm.runs)] }));
  return { arms: pooled, notices };
}

type Indexed = ReadonlyMap<string, ImportedCount>;

/** Which problems each arm lacks, and why, a sentence each. */
function describeMissing(name: string, runs: readonly Indexed[], all: Indexed): string[] {
  const [absent, unscored]: [string[], string[]] = [[], []];
  for (const [place, { sourceId }] of all) {
    const rows = runs.map((counts) => counts.get(place));
    if (rows.includes(undefined)) absent.push(sourceId);
    else if (rows.some((row) => row!.n === 0)) unscored.push(sourceId);
  }
  const left = (ids: readonly string[], why: string): string[] =>
    ids.length === 0 ? [] : [`${countNoun(ids.length, 'problem')} left out (${nameSome(ids)}): ${why}.`];
  return [
    ...left(absent, `not in every run of ${name}`),
    ...left(unscored, `a run of ${name} has no sample with a score there`),
  ];
}

/** Every problem, under the id of the first arm that has it and in the cluster of the first that tells one. */
function collectPlaces(indexed: readonly (readonly Indexed[])[]): Indexed {
  const all = new Map<string, ImportedCount>();
  for (const counts of indexed.flat())
    for (const [place, row] of counts) {
      const known = all.get(place);
      if (known === undefined) all.set(place, row);
      else if (known.cluster === null && row.cluster !== null)
        all.set(place, { ...known, cluster: row.cluster });
    }
  return all;
}

function callAlike(row: ImportedCount, { sourceId, cluster }: ImportedCount): ImportedCount {
  return row.sourceId === sourceId && row.cluster === cluster ? row : { ...row, sourceId, cluster };
}

/** Only the problems that every run has scores for, in one order, each under the id that the first arm has for it. */
function keepCommon(arms: readonly ImportedArm[]): Pick<PairedArms, 'arms' | 'notices'> {
  const indexed = arms.map(({ runs }) =>
    runs.map(({ counts }) => new Map(counts.map((row) => [placeOf(row), row]))),
  );
  const all = collectPlaces(indexed);
  const runs = indexed.flat();
  const common = [...all].filter(([place]) => runs.every((counts) => (counts.get(place)?.n ?? 0) > 0));
  const kept = arms.map((arm, i) => ({
    ...arm,
    runs: arm.runs.map(({ seed }, r) => ({
      seed,
      counts: common.map(([place, first]) => callAlike(indexed[i]![r]!.get(place)!, first)),
    })),
  }));
  return {
    arms: kept,
    notices: [
      ...describeChangedPrompts(arms),
      ...arms.flatMap(({ name }, i) => describeMissing(name, indexed[i]!, all)),
    ],
  };
}

/** Where the arms' splits have no name in common, all problems are one split. */
function agreeOnSplits(arms: readonly ImportedArm[]): Pick<PairedArms, 'arms' | 'notices'> {
  const splits = arms.map(
    ({ runs }) => new Set(runs.flatMap(({ counts }) => counts.map(({ split }) => split))),
  );
  if ([...splits[0]!].some((split) => splits.every((own) => own.has(split)))) return { arms, notices: [] };
  const told = arms.map(({ name }, i) => `${[...splits[i]!].join(', ')} in ${name}`).join('; ');
  return {
    arms: arms.map((arm) => ({
      ...arm,
      runs: arm.runs.map((run) => ({
        ...run,
        counts: poolCounts(run.counts.map((row) => ({ ...row, split: ALL }))),
      })),
    })),
    notices: [`The splits have other names (${told}), so that all problems are taken as one.`],
  };
}

/**
 * Arms on the problems and runs that all of them have. A problem without a score is left out, never counted as wrong.
 *
 * @throws IncomparableError when they have no problem in common
 */
export function pairArms(given: readonly ImportedArm[]): PairedArms {
  const agreed = agreeOnSplits(given);
  const isSingle = agreed.arms.some(({ runs }) => runs.length === 1);
  const paired = isSingle ? poolArms(agreed.arms) : pairRuns(agreed.arms);
  const common = keepCommon(paired.arms);
  if (common.arms[0]!.runs[0]!.counts.length === 0)
    throw new IncomparableError(
      `${given.map(({ name }) => name).join(' and ')} have no problem in common: problems are told apart by their prompts, or by their ids where no prompt is there; ${common.notices.join(' ')}`,
    );
  return {
    arms: common.arms,
    population: isSingle ? 'problems' : 'runs',
    notices: [...agreed.notices, ...paired.notices, ...common.notices],
  };
}

import library from 'jstat';
import { mean } from '../intervals/aggregate-scores.ts';
import { groupByBase } from '../intervals/run-draw.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';
import { PLANNED_POWER, smallestCount } from './detectable-effect.ts';

/** Variances of what each level adds to a paired difference. */
export interface VarianceComponents {
  /** Between base models; with one seed per base it holds that of the seeds too. */
  readonly bases: number;
  /** Between RL seeds of one base. */
  readonly seeds: number;
  readonly problems: number;
  /** Of one run on one problem, without `sampling`. */
  readonly residual: number;
  /** Of one run on one problem through the draw of a single sample; n samples leave an nth. 0: inside `residual`. */
  readonly sampling: number;
}

export interface RunDesign {
  readonly bases: number;
  readonly seedsPerBase: number;
  readonly problems: number;
  /** Per problem. */
  readonly samples: number;
}

export interface PowerQuestion {
  /** True distance from the bound, > 0. */
  readonly effect: number;
  readonly components: VarianceComponents;
  readonly design: RunDesign;
  /** One-sided level; 0.05/m where m hypotheses are decided together. */
  readonly alpha: number;
  /** Bounds to be passed: 2 for equivalence, whose power then is that of exact equality. 1 unless told. */
  readonly bounds?: 1 | 2;
}

/** Points of each of the two averages over what the variances may be estimated as. */
const GRID = 48;

/** Estimates over their true value that a mean square with these degrees of freedom takes, at equally likely places. */
function scaledChiSquares(degreesOfFreedom: number): number[] {
  return Array.from(
    { length: GRID },
    (_, i) => library.jStat.chisquare.inv((i + 0.5) / GRID, degreesOfFreedom) / degreesOfFreedom,
  );
}

/** How many units of training a design has: its bases, or with one base its seeds. */
function unitsOf({ bases, seedsPerBase }: RunDesign): number {
  return bases > 1 ? bases : seedsPerBase;
}

/** True variance of a unit's mean without the residual, and of a cell of unit and problem. */
function unitVariances({ components, design }: PowerQuestion): { unit: number; cell: number } {
  const cell = components.residual + components.sampling / design.samples;
  if (design.bases === 1) return { unit: components.seeds, cell };
  return {
    unit: components.bases + components.seeds / design.seedsPerBase,
    cell: cell / design.seedsPerBase,
  };
}

/**
 * Chance that the decision rule will show `effect` in a design, were the components as given. The rule of `crossedMean` and
 * `criticalValue` itself, averaged over what its two mean squares would be estimated as (scaled chi-squares, the residual at
 * its true value) and over a normal mean; differences are taken for normal. With one base it speaks of that base alone.
 *
 * @throws RangeError when a count is not a whole number >= 1, the design has one unit or one problem, a variance is
 *   negative, nothing varies, or alpha is not in (0, 0.5)
 */
export function expectedPower(question: PowerQuestion): number {
  assertQuestion(question);
  const { effect, components, design, alpha, bounds = 1 } = question;
  const [units, { problems }] = [unitsOf(design), design];
  const { unit, cell } = unitVariances(question);
  const residual = cell / (units * problems);
  const runs = unit / units + residual;
  const ofProblems = components.problems / problems + residual;
  const error = Math.sqrt(runs + components.problems / problems);
  const { studentt, normal } = library.jStat;
  const [tRuns, tProblems] = [studentt.inv(1 - alpha, units - 1), studentt.inv(1 - alpha, problems - 1)];
  const problemSquares = scaledChiSquares(problems - 1);
  const shown = scaledChiSquares(units - 1).flatMap((runSquare) =>
    problemSquares.map((problemSquare) => {
      const foundRuns = runs * runSquare;
      const foundProblems = Math.max(0, ofProblems * problemSquare - Math.min(residual, foundRuns));
      const half = (foundRuns * tRuns + foundProblems * tProblems) / Math.sqrt(foundRuns + foundProblems);
      return Math.max(0, 1 - bounds * (1 - normal.cdf((effect - half) / error, 0, 1)));
    }),
  );
  return mean(shown);
}

function assertQuestion({ effect, components, design, alpha }: PowerQuestion): void {
  const counts = Object.entries(design);
  const bad = counts.find(([, count]) => !Number.isInteger(count) || count < 1);
  if (bad !== undefined)
    throw new RangeError(`a design needs whole numbers of at least 1, found ${bad[0]} ${bad[1]}`);
  if (unitsOf(design) < 2 || design.problems < 2)
    throw new RangeError(
      `power needs two bases (or two seeds of one base) and two problems, found ${JSON.stringify(design)}`,
    );
  const variances = Object.entries(components);
  const negative = variances.find(([, variance]) => !(variance >= 0 && Number.isFinite(variance)));
  if (negative !== undefined)
    throw new RangeError(`a variance must be a finite number >= 0, found ${negative[0]} ${negative[1]}`);
  if (variances.every(([, variance]) => variance === 0))
    throw new RangeError('power needs a variance above 0, found none');
  if (!(alpha > 0 && alpha < 0.5))
    throw new RangeError(`a one-sided level must be in (0, 0.5), found ${alpha}`);
  if (!Number.isFinite(effect)) throw new RangeError(`an effect must be finite, found ${effect}`);
}

/** More bases than these are not planned for. */
const MOST_BASES = 1000;

/**
 * The fewest bases, from 2 on, with which `effect` has `power` (0.8 unless told); null where 1 000 do not do, as where the
 * problems limit.
 */
export function neededBases(
  question: Omit<PowerQuestion, 'design'> & { readonly design: Omit<RunDesign, 'bases'> },
  power = PLANNED_POWER,
): number | null {
  const isEnough = (bases: number): boolean =>
    expectedPower({ ...question, design: { ...question.design, bases } }) >= power;
  return smallestCount(isEnough, MOST_BASES);
}

/** What the draw of samples adds to each stored difference: of a single sample, and how many there were. */
export interface SamplingNoise {
  readonly perSample: number;
  readonly samples: number;
}

/**
 * The components behind `differences[run][problem]` by the method of moments (negative estimates are 0): residual from the
 * run × problem layout, problems from the problems' means, seeds from the runs' means within bases, bases from the bases'
 * means. Seeds cannot be told from bases where no base has two. Source: Searle, Casella and McCulloch 1992, chapter 4.
 *
 * @param sampling taken out of the residual, as for pass@1 the mean of Σ over arms of p(1 − p); absent: stays in it
 * @throws ScoreShapeError when there are not two runs and two problems, or differences are ragged or bases do not match
 */
export function varianceComponents(
  differences: readonly (readonly number[])[],
  bases: readonly number[],
  sampling: SamplingNoise = { perSample: 0, samples: 1 },
): VarianceComponents {
  const { rows, columns } = toScoreMatrix(differences);
  if (rows < 2 || columns < 2)
    throw new ScoreShapeError(
      `variance components need two runs and two problems, found ${rows} x ${columns}`,
    );
  const groups = groupByBase(rows, bases);
  const runMeans = differences.map(mean);
  const problemMeans = differences[0]!.map((_, p) => mean(differences.map((row) => row[p]!)));
  const centre = mean(runMeans);
  const squares = differences.flatMap((row, r) =>
    row.map((value, p) => (value - runMeans[r]! - problemMeans[p]! + centre) ** 2),
  );
  const cell = (mean(squares) * rows * columns) / ((rows - 1) * (columns - 1));
  const ofSeeds = groups.map((group) => group.map((row) => runMeans[row]!));
  const spare = rows - groups.length;
  const within = spare === 0 ? 0 : ofSeeds.reduce((sum, values) => sum + sumOfSquares(values), 0) / spare;
  const perBase = mean(groups.map((group) => 1 / group.length));
  const between = groups.length < 2 ? 0 : sumOfSquares(ofSeeds.map(mean)) / (groups.length - 1);
  const drawn = spare === 0 ? cell / columns : within;
  return {
    bases: Math.max(0, between - drawn * perBase),
    seeds: Math.max(0, within - cell / columns),
    problems: Math.max(0, sumOfSquares(problemMeans) / (columns - 1) - cell / rows),
    residual: Math.max(0, cell - sampling.perSample / sampling.samples),
    sampling: sampling.perSample,
  };
}

function sumOfSquares(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}

import library from 'jstat';
import { mean } from '../intervals/aggregate-scores.ts';
import { PLANNED_POWER, smallestCount } from './detectable-effect.ts';
import { varianceComponents } from './power.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

/** What a problem adds to the difference of two arms, and what the draw of its samples adds. */
export interface ProblemComponents {
  /** Variance of the problems' true differences, and of what cannot be told from it. */
  readonly problems: number;
  /** Of one problem's difference through the draw of a single sample in each arm; n samples leave an nth. */
  readonly sampling: number;
  /** Of the difference of two single runs through training or evaluating again; 0: nothing is known of it, or one run is meant. */
  readonly runs: number;
}

/** How many of each a comparison of two arms would have. */
export interface ProblemDesign {
  readonly problems: number;
  /** Of each problem in each run. */
  readonly samples: number;
  /** Of each arm. */
  readonly runs: number;
}

export interface ProblemPowerQuestion {
  /** True distance from the bound, > 0. */
  readonly effect: number;
  readonly components: ProblemComponents;
  readonly design: ProblemDesign;
  /** One-sided. */
  readonly alpha: number;
  /** Bounds to be passed: 2 for equivalence. 1 unless told. */
  readonly bounds?: 1 | 2;
}

/** Points of the average over what a variance may be estimated as. */
const GRID = 200;

/** A problem's samples in both arms: how many, the mean of their scores and of its squares. */
export interface SampledProblem {
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** Unbiased variance of one sample; null of a single one, which shows none. */
function sampleVariance({ n, sum, sumOfSquares }: SampledProblem): number | null {
  return n < 2 ? null : Math.max(0, (sumOfSquares - (sum * sum) / n) / (n - 1));
}

/**
 * The components behind a pilot: `arms[arm][run][problem]`, two arms on the same problems. Where a problem has a single sample
 * in some run, what sampling adds cannot be told apart and stays with the problems: `sampling` is null.
 *
 * @throws ScoreShapeError when the arms are not two, or have not the same runs and problems, of which two are needed
 */
export function pilotComponents(
  arms: readonly (readonly (readonly SampledProblem[])[])[],
): Omit<ProblemComponents, 'sampling'> & { readonly sampling: number | null } {
  const [first, second] = arms;
  if (arms.length !== 2 || first!.length !== second!.length || first![0]!.length < 2)
    throw new ScoreShapeError('a pilot has two arms with the same runs on the same two problems or more');
  const score = ({ sum, n }: SampledProblem): number => sum / n;
  const differences = first!.map((run, r) => run.map((one, p) => score(second![r]![p]!) - score(one)));
  const cells = arms.flat(2);
  const variances = cells.map(sampleVariance);
  const isKnown = variances.every((variance) => variance !== null);
  // Of a difference: both arms' samples; each of n samples leaves an nth.
  const sampling = isKnown ? 2 * mean(variances as number[]) : null;
  const left = isKnown ? 2 * mean(cells.map(({ n }, i) => variances[i]! / n)) : 0;
  if (differences.length === 1) {
    return { problems: Math.max(0, varianceOf(differences[0]!) - left), sampling, runs: 0 };
  }
  const found = varianceComponents(
    differences,
    differences.map(() => 0),
  );
  const residual = Math.max(0, found.residual - left);
  // What a run has of its own on a problem is told apart from neither by a plan: it stays with the problems in full.
  return { problems: found.problems + residual, sampling, runs: found.seeds };
}

function varianceOf(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/**
 * Chance that a comparison shows `effect`, were the components as given: Student's t over problems, and over runs where there
 * are several, averaged over what the variances would be estimated as. With one run per arm it speaks of those runs.
 *
 * @throws RangeError when a count is not a whole number, there are fewer than two problems, or alpha is not in (0, 0.5)
 */
export function problemPower(question: ProblemPowerQuestion): number {
  assertDesign(question);
  const { effect, components, design, alpha, bounds = 1 } = question;
  const { problems, samples, runs } = design;
  const ofProblems = (components.problems + components.sampling / (samples * runs)) / problems;
  const ofRuns = runs === 1 ? 0 : components.runs / runs;
  const error = Math.sqrt(ofProblems + ofRuns);
  if (error === 0) return 1;
  const { studentt, normal } = library.jStat;
  const runSquares = runs === 1 ? [0] : scaledChiSquares(runs - 1);
  const problemSquares = scaledChiSquares(problems - 1);
  const tRuns = runs === 1 ? 0 : studentt.inv(1 - alpha, runs - 1);
  const tProblems = studentt.inv(1 - alpha, problems - 1);
  const shown = runSquares.flatMap((runSquare) =>
    problemSquares.map((square) => {
      const [foundRuns, foundProblems] = [ofRuns * runSquare, ofProblems * square];
      const half = (foundRuns * tRuns + foundProblems * tProblems) / Math.sqrt(foundRuns + foundProblems);
      return Math.max(0, 1 - bounds * (1 - normal.cdf((effect - half) / error, 0, 1)));
    }),
  );
  return mean(shown);
}

const PLACES = Array.from({ length: GRID }, (_, i) => (i + 0.5) / GRID);
const NORMAL_PLACES = PLACES.map((place) => library.jStat.normal.inv(place, 0, 1));
/** From here on Wilson and Hilferty's cube of a normal is right to 2e-5, in a thousandth of the time. */
const MANY_DEGREES = 1000;

/** Estimates over their true value that a variance with these degrees of freedom takes, at equally likely places. */
function scaledChiSquares(degreesOfFreedom: number): number[] {
  if (degreesOfFreedom < MANY_DEGREES)
    return PLACES.map((place) => library.jStat.chisquare.inv(place, degreesOfFreedom) / degreesOfFreedom);
  const share = 2 / (9 * degreesOfFreedom);
  return NORMAL_PLACES.map((z) => (1 - share + z * Math.sqrt(share)) ** 3);
}

function assertDesign({ design, alpha }: ProblemPowerQuestion): void {
  const bad = Object.entries(design).find(([, count]) => !Number.isInteger(count) || count < 1);
  if (bad !== undefined || design.problems < 2)
    throw new RangeError(
      `a design needs whole numbers, and two problems or more, found ${JSON.stringify(design)}`,
    );
  if (!(alpha > 0 && alpha < 0.5))
    throw new RangeError(`a one-sided level must be in (0, 0.5), found ${alpha}`);
}

/** More problems than these are not planned for. */
const MOST_PROBLEMS = 1_000_000;

/** The fewest problems with which `effect` has `power` (0.8 unless told); null where a million do not do, as where runs limit. */
export function neededProblems(
  question: Omit<ProblemPowerQuestion, 'design'> & { readonly design: Omit<ProblemDesign, 'problems'> },
  power = PLANNED_POWER,
): number | null {
  const isEnough = (problems: number): boolean =>
    problemPower({ ...question, design: { ...question.design, problems } }) >= power;
  return smallestCount(isEnough, MOST_PROBLEMS);
}

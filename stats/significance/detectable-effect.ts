import { criticalValue, hasNoSpread, type CrossedMean } from '../intervals/crossed-mean.ts';

/** Error rates that a search for an effect is planned with: one-sided α, and power 1 − β. */
export const PLANNED_ALPHA = 0.05;
export const PLANNED_POWER = 0.8;

/** What further runs it would take; null: more of them alone cannot do it (problems limit, or nothing is known of it). */
export interface NeededRuns {
  /** Base models with as many seeds each as now; null also with one base, where seeds are the units. */
  readonly bases: number | null;
  /** Seeds per base with as many bases as now. */
  readonly seedsPerBase: number | null;
  /** Of single runs as they are: problems. Absent where runs are to be had. */
  readonly problems?: number | null;
}

type Plan = Pick<CrossedMean, 'runs' | 'problems'>;

/** More than this many units are not planned for. */
const MOST_UNITS = 1000;

/**
 * Smallest true distance from the bound that would be shown with 80 % power at one-sided `alpha`: (t_α + t_β) · standard
 * error, t as in `criticalValue`. For equivalence, where both bounds must be passed, β is halved. Of m hypotheses decided
 * together, 0.05/m is the level of Holm's first step, at which the smallest p must pass. Null where nothing varies.
 *
 * @throws RangeError when alpha is not in (0, 0.5)
 */
export function detectableEffect(found: CrossedMean, bounds: number, alpha = PLANNED_ALPHA): number | null {
  if (!(alpha > 0 && alpha < 0.5))
    throw new RangeError(`a one-sided level must be in (0, 0.5), found ${alpha}`);
  return hasNoSpread(found) ? null : planFactor(found, bounds, alpha) * found.standardError;
}

function planFactor(plan: Plan, bounds: number, alpha: number): number {
  return criticalValue(plan, alpha) + criticalValue(plan, (1 - PLANNED_POWER) / bounds);
}

/**
 * Units at which `distance` from the bound would be shown with that power, were the variance components as estimated:
 * U' units leave runs·U/U' + own·U/U' + shared, where own is the part of the problems' variance that is residual still
 * (where `runs` was too small to hold all of it) and that more runs average out, and shared = problems − own; S' seeds per
 * base leave, of runs, the part within bases times S/S'. A plan, not a promise: the components themselves are known badly
 * from a few runs.
 */
export function neededRuns(
  found: CrossedMean,
  distance: number,
  at: { readonly bounds: number; readonly alpha?: number },
): NeededRuns {
  const { bounds, alpha = PLANNED_ALPHA } = at;
  const isPossible = distance > 0 && !hasNoSpread(found);
  if (found.runs.variance === 0 && found.pairs === 1) {
    const problems = isPossible ? neededColumns(found, distance, { bounds, alpha }) : null;
    return { bases: null, seedsPerBase: null, problems };
  }
  if (!isPossible) return { bases: null, seedsPerBase: null };
  const enough = (plan: Plan): boolean => {
    const error = Math.sqrt(plan.runs.variance + (plan.problems?.variance ?? 0));
    return planFactor(plan, bounds, alpha) * error <= distance;
  };
  const units = smallestCount((count) => enough(withUnits(found, count)));
  if (found.bases === 1) return { bases: null, seedsPerBase: units };
  const { withinBases } = found;
  const seedsNow = found.pairs / found.bases;
  const seeds =
    withinBases === null
      ? null
      : smallestCount((count) => enough(withSeeds(found, withinBases, count / seedsNow)));
  return { bases: units, seedsPerBase: seeds };
}

/** More problems than these are not planned for. */
const MOST_PROBLEMS = 1_000_000;

function neededColumns(
  found: CrossedMean,
  distance: number,
  { bounds, alpha }: { readonly bounds: number; readonly alpha: number },
): number | null {
  const { variance } = found.problems!;
  return smallestCount((count) => {
    const share = { variance: (variance * found.problemCount) / count, degreesOfFreedom: count - 1 };
    const factor = planFactor({ runs: found.runs, problems: share }, bounds, alpha);
    return factor * Math.sqrt(share.variance) <= distance;
  }, MOST_PROBLEMS);
}

function withUnits({ runs, problems, residualVariance }: CrossedMean, units: number): Plan {
  const now = runs.degreesOfFreedom + 1;
  const own = Math.min(problems?.variance ?? 0, Math.max(0, residualVariance - runs.variance));
  return {
    runs: { variance: (runs.variance * now) / units, degreesOfFreedom: units - 1 },
    problems: problems && { ...problems, variance: problems.variance - own + (own * now) / units },
  };
}

function withSeeds({ runs, problems }: CrossedMean, within: number, ratio: number): Plan {
  const between = Math.max(0, runs.variance - within);
  return { runs: { ...runs, variance: between + Math.min(within, runs.variance) / ratio }, problems };
}

/** The smallest count from 2 on that is enough, for a condition that stays true once it is; null beyond `most`. */
export function smallestCount(isEnough: (count: number) => boolean, most = MOST_UNITS): number | null {
  if (!isEnough(most)) return null;
  let low = 2;
  let high = most;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

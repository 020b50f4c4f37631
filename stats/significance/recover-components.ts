import { criticalValue } from '../intervals/crossed-mean.ts';
import { PLANNED_ALPHA, PLANNED_POWER } from './detectable-effect.ts';

/** What a table of verdicts of the rule that counted the residual with runs and with problems says of one comparison. */
export interface ReportedSpread {
  /** Half the two-sided 95 % interval. */
  readonly half: number;
  /** Detectable at one-sided 0.05 with 80 % power. */
  readonly detectable: number;
  /** Bounds that the hypothesis must pass: 2 for equivalence. */
  readonly bounds: 1 | 2;
  /** Independent units of training: bases, or with one base its seeds. */
  readonly units: number;
  /** 1: one number per run. */
  readonly problems: number;
}

/** Parts of the squared standard error; each holds the residual of runs and problems. */
export interface RecoveredShares {
  readonly runs: number;
  readonly problems: number;
}

/** Rounding of committed tables, relative. */
const TOLERANCE = 1e-6;

/**
 * The two parts of the squared standard error behind a reported interval and detectable effect. Both are that error times t
 * quantiles weighted by the parts, so their ratio gives the weights and either then the error. Null where nothing varied, or where
 * the two figures do not come from that rule.
 */
export function recoverShares(reported: ReportedSpread): RecoveredShares | null {
  const { half, detectable, bounds, units, problems } = reported;
  if (!(half > 0 && detectable > 0) || units < 2) return null;
  const factor = (share: number, tail: number): number =>
    criticalValue(
      {
        runs: { variance: share, degreesOfFreedom: units - 1 },
        problems: problems < 2 ? null : { variance: 1 - share, degreesOfFreedom: problems - 1 },
      },
      tail,
    );
  const ratio = (share: number): number =>
    factor(share, 0.025) / (factor(share, PLANNED_ALPHA) + factor(share, (1 - PLANNED_POWER) / bounds));
  const share = problems < 2 ? 1 : solveShare(ratio, half / detectable);
  if (share === null || Math.abs(ratio(share) / (half / detectable) - 1) > TOLERANCE) return null;
  const squared = (half / factor(share, 0.025)) ** 2;
  return { runs: share * squared, problems: (1 - share) * squared };
}

/** The share in [0, 1] at which a monotone function takes a value, by bisection; null outside its range. */
function solveShare(at: (share: number) => number, value: number): number | null {
  const isRising = at(1) > at(0);
  const [least, most] = isRising ? [at(0), at(1)] : [at(1), at(0)];
  if (value < least * (1 - TOLERANCE) || value > most * (1 + TOLERANCE)) return null;
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (at(middle) < value === isRising) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

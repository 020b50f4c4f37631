import { averageRanks } from '../ranks.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

/** Stated probabilities of being correct, beside what came true (1 correct, 0 not). */
export interface Forecasts {
  readonly probabilities: readonly number[];
  readonly outcomes: readonly (0 | 1)[];
}

interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly meanProbability: number;
  readonly accuracy: number;
}

function assertForecasts({ probabilities, outcomes }: Forecasts): void {
  if (probabilities.length !== outcomes.length || outcomes.length === 0) {
    throw new ScoreShapeError(
      `calibration needs as many probabilities as outcomes, at least one, found ${probabilities.length} and ${outcomes.length}`,
    );
  }
  for (const p of probabilities) {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`a stated probability must be in [0, 1], found ${p}`);
  }
}

/** Mean squared distance of probability and outcome. Source: Brier 1950. */
export function brierScore(forecasts: Forecasts): number {
  assertForecasts(forecasts);
  const { probabilities, outcomes } = forecasts;
  return probabilities.reduce((sum, p, i) => sum + (p - outcomes[i]!) ** 2, 0) / probabilities.length;
}

/** What a Brier score is made of: reliability − resolution + uncertainty. */
export interface BrierParts {
  /** Σ share · (p − accuracy at p)²: how far what was stated lies from what came true; lower is better */
  readonly reliability: number;
  /** Σ share · (accuracy at p − accuracy)²: how far statements tell right from wrong; higher is better */
  readonly resolution: number;
  /** accuracy · (1 − accuracy): the score of one who always states the accuracy */
  readonly uncertainty: number;
}

/**
 * Murphy's decomposition over the distinct probabilities stated, where it is exact. Of v values stated n times in all, chance alone
 * adds about (v − 1) · uncertainty / n to reliability and to resolution alike. Source: Murphy 1973, "A new vector partition of
 * the probability score".
 *
 * @throws ScoreShapeError when there is no forecast, or not an outcome to each
 */
export function decomposeBrier(forecasts: Forecasts): BrierParts {
  assertForecasts(forecasts);
  const { probabilities, outcomes } = forecasts;
  const total = probabilities.length;
  const groups = new Map<number, { n: number; c: number }>();
  probabilities.forEach((p, i) => {
    const { n, c } = groups.get(p) ?? { n: 0, c: 0 };
    groups.set(p, { n: n + 1, c: c + outcomes[i]! });
  });
  const accuracy = outcomes.reduce((sum: number, outcome) => sum + outcome, 0) / total;
  let reliability = 0;
  let resolution = 0;
  for (const [p, { n, c }] of groups) {
    reliability += (n / total) * (p - c / n) ** 2;
    resolution += (n / total) * (c / n - accuracy) ** 2;
  }
  return { reliability, resolution, uncertainty: accuracy * (1 - accuracy) };
}

/** Non-empty equal-width bins of the reliability diagram; 1 belongs to the last bin. */
function reliabilityBins(forecasts: Forecasts, binCount: number): ReliabilityBin[] {
  assertForecasts(forecasts);
  const bins = Array.from({ length: binCount }, () => ({ count: 0, probability: 0, correct: 0 }));
  forecasts.probabilities.forEach((p, i) => {
    const bin = bins[Math.min(binCount - 1, Math.floor(p * binCount))]!;
    bin.count += 1;
    bin.probability += p;
    bin.correct += forecasts.outcomes[i]!;
  });
  return bins.flatMap(({ count, probability, correct }, i) =>
    count === 0
      ? []
      : [
          {
            low: i / binCount,
            high: (i + 1) / binCount,
            count,
            meanProbability: probability / count,
            accuracy: correct / count,
          },
        ],
  );
}

/** Expected calibration error: share-weighted |mean probability − accuracy| over equal-width bins. Source: Guo et al. 2017. */
export function expectedCalibrationError(forecasts: Forecasts, binCount = 15): number {
  const total = forecasts.probabilities.length;
  return reliabilityBins(forecasts, binCount).reduce(
    (sum, bin) => sum + (bin.count / total) * Math.abs(bin.meanProbability - bin.accuracy),
    0,
  );
}

/** Chance that a correct item got a higher probability than an incorrect one, ties one half; null with one class only. */
export function auroc(forecasts: Forecasts): number | null {
  assertForecasts(forecasts);
  const ranks = averageRanks(forecasts.probabilities);
  const positives = forecasts.outcomes.filter((outcome) => outcome === 1).length;
  const negatives = forecasts.outcomes.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const rankSum = ranks.reduce((sum, rank, i) => sum + (forecasts.outcomes[i] === 1 ? rank : 0), 0);
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

import { ScoreShapeError } from '../score-shape-error.ts';

/** R = −a·e^H + b. */
export interface EntropyLaw {
  readonly a: number;
  readonly b: number;
  /** −a + b: the reward at entropy 0 */
  readonly ceiling: number;
  /** 1 − residual / total sum of squares; null when all rewards are equal */
  readonly rSquared: number | null;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Σ (x − mean x)·(y − mean y). */
function sumProducts(xs: readonly number[], ys: readonly number[]): number {
  const [centreX, centreY] = [mean(xs), mean(ys)];
  return xs.reduce((sum, x, i) => sum + (x - centreX) * (ys[i]! - centreY), 0);
}

/**
 * Least-squares fit of R = −a·e^H + b over pairs of policy entropy H (nats) and reward R, such as the dev accuracy of one
 * run's evaluations or of all runs of an arm: what a run pays in entropy for reward, and the reward it can end at. Source:
 * arXiv 2505.22617, section 2.
 *
 * @returns null when all entropies are equal, or there is only one pair: no line is determined
 * @throws ScoreShapeError when the lengths differ, are 0, or a number is not finite
 */
export function fitEntropyLaw(entropies: readonly number[], rewards: readonly number[]): EntropyLaw | null {
  if (entropies.length !== rewards.length || entropies.length === 0) {
    throw new ScoreShapeError(
      `the entropy law needs as many entropies as rewards, at least one, found ${entropies.length} and ${rewards.length}`,
    );
  }
  const isPairFinite = (entropy: number, i: number): boolean =>
    Number.isFinite(entropy) && Number.isFinite(rewards[i]);
  const bad = entropies.findIndex((entropy, i) => !isPairFinite(entropy, i));
  if (bad !== -1) {
    throw new ScoreShapeError(
      `pair ${bad} is entropy ${entropies[bad]}, reward ${rewards[bad]}; expected finite numbers`,
    );
  }
  if (entropies.every((entropy) => entropy === entropies[0])) return null;
  const exponentials = entropies.map(Math.exp);
  const slope = sumProducts(exponentials, rewards) / sumProducts(exponentials, exponentials);
  const a = -slope;
  const b = mean(rewards) - slope * mean(exponentials);
  const residual = rewards.reduce((sum, reward, i) => sum + (reward - b - slope * exponentials[i]!) ** 2, 0);
  const isFlat = rewards.every((reward) => reward === rewards[0]);
  const rSquared = isFlat ? null : 1 - residual / sumProducts(rewards, rewards);
  return { a, b, ceiling: b - a, rSquared };
}

import { listGroups } from '../rollouts/groups.ts';
import type { Scheme } from '../spec/scheme.ts';
import { computeSetAdvantages } from './set-advantages.ts';

/** The part of a scheme's advantage that concerns whole rollouts. */
export type AdvantageOptions = Pick<
  Scheme['advantage'],
  'baseline' | 'scale' | 'outcome' | 'k' | 'positiveWeight' | 'negativeWeight'
>;

/** Added to every standard deviation that something is divided by (as TRL does). */
const SCALE_EPSILON = 1e-4;

/** A scheme with signed outcomes got a reward below 0: leave penalties out of its rewards or use outcome "reward". */
export class NegativeOutcomeError extends Error {
  override readonly name = 'NegativeOutcomeError';
}

/** Mean and standard deviation (ddof 1; 0 below two values) in float64. */
export function measureSpread(values: readonly number[]): { mean: number; deviation: number } {
  const [first = 0] = values;
  // Summed as differences, so that equal values have exactly their value as mean and nothing learns from the rounding.
  const mean = first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}

function isScored(reward: number | null): reward is number {
  return reward !== null;
}

function toOutcome(reward: number | null, options: AdvantageOptions): number | null {
  if (reward === null || options.outcome !== 'signed') return reward;
  if (reward > 0) return options.positiveWeight * reward;
  if (reward === 0) return -options.negativeWeight;
  throw new NegativeOutcomeError(
    `a reward of ${reward} is neither right nor wrong; advantage.outcome "signed" expects 0 or more. ` +
      'Remove penalties from the scheme\'s rewards, or set outcome to "reward"',
  );
}

/** The scored values of one group minus their baseline; null stays null. */
function centre(
  values: readonly (number | null)[],
  baseline: AdvantageOptions['baseline'],
): (number | null)[] {
  const scored = values.filter(isScored);
  if (baseline === 'none' || scored.length === 0) return [...values];
  const { mean } = measureSpread(scored);
  // A lone scored rollout has nothing to be compared with: its difference from the mean is 0 either way.
  const isLeaveOneOut = baseline === 'leave-one-out' && scored.length > 1;
  const factor = isLeaveOneOut ? scored.length / (scored.length - 1) : 1;
  return values.map((value) => (value === null ? null : factor * (value - mean)));
}

function assertFinite(rewards: readonly (number | null)[]): void {
  const at = rewards.findIndex((reward) => reward !== null && !Number.isFinite(reward));
  if (at < 0) return;
  throw new RangeError(
    `the reward of rollout ${at} of ${rewards.length} is ${rewards[at]}, less the KL to the reference where that is part of ` +
      'it; expected a finite number, or null for one that was never scored',
  );
}

/** What `compare` makes of the items of each group, each result in the place of its item. [N] float32 */
function compareGroups<Item>(
  items: readonly Item[],
  groups: Int32Array,
  compare: (group: Item[]) => readonly number[],
): Float32Array {
  if (items.length !== groups.length) {
    throw new RangeError(`${items.length} rollouts need as many group numbers, found ${groups.length}`);
  }
  const compared = new Float32Array(items.length);
  for (const rows of listGroups(groups)) {
    const found = compare(rows.map((row) => items[row]!));
    rows.forEach((row, at) => (compared[row] = found[at]!));
  }
  return compared;
}

/**
 * Rewards of N rollouts → one advantage each.
 *
 * With value v = reward (or, signed, +positiveWeight · reward above 0 and −negativeWeight at 0), computed in float64:
 * - baseline: v − mean of the group | v − mean of the *other* rollouts of the group | v
 * - scale: divided by (std of the group's v + 1e-4) | (std of the whole batch's v + 1e-4) | nothing; std has ddof 1
 *
 * With outcome pass@k a group's advantages have a closed form of their own (`set-advantages.ts`).
 *
 * Sources: GRPO, arXiv 2402.03300; Dr. GRPO, 2503.20783 (scale none); RLOO, 2402.14740 (leave-one-out); PSR / NSR /
 * W-REINFORCE, 2506.01347 (signed). A null reward (never scored) stands outside every mean and deviation and gets
 * advantage 0; the null itself marks it. A group of equal rewards gets exactly 0 from either baseline.
 *
 * @param rewards [N]
 * @param groups [N], rollouts of the same number are one group, of any size
 * @returns [N] float32
 * @throws NegativeOutcomeError, UncountableOutcomeError, RangeError when a reward is not finite
 */
export function computeAdvantages(
  rewards: readonly (number | null)[],
  groups: Int32Array,
  options: AdvantageOptions,
): Float32Array {
  if (options.outcome === 'pass@k') {
    return compareGroups(rewards, groups, (group) => computeSetAdvantages(group, options));
  }
  const values = rewards.map((reward) => toOutcome(reward, options));
  assertFinite(values);
  const batchDeviation = measureSpread(values.filter(isScored)).deviation;
  return compareGroups(values, groups, (group) => {
    const deviation =
      options.scale === 'group' ? measureSpread(group.filter(isScored)).deviation : batchDeviation;
    const divisor = options.scale === 'none' ? 1 : deviation + SCALE_EPSILON;
    return centre(group, options.baseline).map((value) => (value === null ? 0 : value / divisor));
  });
}

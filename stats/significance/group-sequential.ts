import library from 'jstat';

const { normal } = library.jStat;

/** One look at the data before all of it is there. */
export interface Look {
  /** Share of the planned information, as bases seen / bases planned. */
  readonly fraction: number;
  /** Error spent at this and all earlier looks. */
  readonly spent: number;
  /** Error that this look spends: Holm's p must be at most this. */
  readonly level: number;
}

/**
 * Lan–DeMets spending of `alpha` that resembles O'Brien and Fleming's bounds: 2 − 2Φ(z_{α/2} / √fraction).
 * Source: Lan and DeMets 1983.
 */
function spentBy(fraction: number, alpha: number): number {
  return 2 * (1 - normal.cdf(normal.inv(1 - alpha / 2, 0, 1) / Math.sqrt(fraction), 0, 1));
}

/**
 * What planned looks at growing shares of the bases (5, 10, 15 of 15 are 1/3, 2/3, 1) may spend of the error `alpha` of a family.
 * Holm at a look's own level lets a false claim of the family through with at most that probability, whatever was seen before, and the
 * levels sum to alpha: over all looks the family errs in at most alpha, under any dependence between hypotheses and between looks.
 * Bounds from the joint normal of the looks would leave the last one more of alpha (.045 in place of .034 here), but hold it for single
 * hypotheses, not for Holm's.
 *
 * @throws RangeError unless fractions rise within (0, 1] to 1, and alpha is in (0, 0.5)
 */
export function planLooks(fractions: readonly number[], alpha: number): Look[] {
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`a level must be in (0, 0.5), found ${alpha}`);
  const isRising = fractions.every((fraction, i) => fraction > (fractions[i - 1] ?? 0));
  if (!isRising || fractions.at(-1) !== 1)
    throw new RangeError(`looks need fractions that rise to 1, found ${fractions.join(', ')}`);
  return fractions.map((fraction, i) => {
    const earlier = fractions[i - 1];
    const spent = spentBy(fraction, alpha);
    return { fraction, spent, level: spent - (earlier === undefined ? 0 : spentBy(earlier, alpha)) };
  });
}

/** Below this chance of still being shown a claim is given up. */
const FUTILE_POWER = 0.1;

type LookDecision = 'shown' | 'futile' | 'continue' | 'not-shown';

/** One hypothesis at a look. */
interface TestedAtLook {
  /** One-sided. */
  readonly p: number;
  /** Holm's, over the family at this look. */
  readonly holmP: number;
  /** In the family. */
  readonly hypotheses: number;
}

/**
 * What a look decides of one hypothesis. Futile: the chance of passing the last look at Holm's first step, were the drift seen so far to
 * go on (conditional power under the current trend), is below 10 %. Stopping for it is not binding: going on regardless keeps
 * the level. At the last look a claim is shown or not.
 *
 * @throws RangeError when there is no such look, or a p is outside [0, 1]
 */
export function decideAtLook(looks: readonly Look[], index: number, tested: TestedAtLook): LookDecision {
  const look = looks[index];
  if (look === undefined) throw new RangeError(`there are ${looks.length} looks, found index ${index}`);
  const { p, holmP, hypotheses } = tested;
  for (const value of [p, holmP])
    if (!(value >= 0 && value <= 1)) throw new RangeError(`a p-value must be in [0, 1], found ${value}`);
  if (holmP <= look.level) return 'shown';
  if (look.fraction === 1) return 'not-shown';
  const needed = looks.at(-1)!.level / hypotheses;
  return conditionalPower(look.fraction, p, needed) < FUTILE_POWER ? 'futile' : 'continue';
}

/**
 * Chance of p ≤ `needed` once all is there, given p at a share of it, under the trend seen: with z√t gathered and the drift z/√t
 * to come, 1 − Φ((z_needed − z√t − (1 − t)·z/√t) / √(1 − t)). Source: Proschan, Lan and Wittes 2006, chapter 3.
 */
export function conditionalPower(fraction: number, p: number, needed: number): number {
  const toZ = (value: number): number => normal.inv(1 - Math.min(1 - 1e-12, Math.max(1e-12, value)), 0, 1);
  const z = toZ(p);
  const gathered = z * Math.sqrt(fraction);
  const toCome = ((1 - fraction) * z) / Math.sqrt(fraction);
  return 1 - normal.cdf((toZ(needed) - gathered - toCome) / Math.sqrt(1 - fraction), 0, 1);
}

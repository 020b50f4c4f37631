import library from 'jstat';

const { normal } = library.jStat;

/** One look at the data before all of it is there. */
export interface Look {
  /** Share of the planned information, as bases seen / bases planned. */
  readonly fraction: number;
  /** One-sided error spent at this and all earlier looks. */
  readonly spent: number;
  /** z that shows the claim at this look. */
  readonly criticalZ: number;
  /** The same as a one-sided p: at most this shows it. */
  readonly criticalP: number;
}

/** Steps of the grid on which the density of z among trials that went on is carried from look to look. */
const STEPS = 2000;
/** Paths below this z are counted as if they were here. */
const LOWEST = -8;

/**
 * Lan–DeMets spending of a one-sided `alpha` that resembles O'Brien and Fleming's bounds: 2 − 2Φ(z_{α/2} / √fraction).
 * Source: Lan and DeMets 1983.
 */
function spentBy(fraction: number, alpha: number): number {
  return 2 * (1 - normal.cdf(normal.inv(1 - alpha / 2, 0, 1) / Math.sqrt(fraction), 0, 1));
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Points and Simpson weights of [low, high]. */
function simpson(low: number, high: number): { at: number; weight: number }[] {
  const width = (high - low) / STEPS;
  return Array.from({ length: STEPS + 1 }, (_, i) => ({
    at: low + i * width,
    weight: ((i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2) * width) / 3,
  }));
}

/** Probability mass of z among the trials that have not stopped, at the points of one look. */
type Going = readonly { readonly at: number; readonly mass: number }[];

/**
 * Critical values of planned looks at growing shares of the bases (5, 10, 15 of 15 are 1/3, 2/3, 1), so that a claim without
 * truth is shown at any of them with one-sided probability `alpha` in all. The joint normal of the z values has correlations
 * √(earlier / later); it is integrated look by look (Armitage, McPherson and Rowe 1969). Critical values are right to 1e-4.
 * With t instead of z it is used on the p-values (`criticalP`), which holds the level nearly.
 *
 * @throws RangeError unless fractions rise within (0, 1] to 1, and alpha is in (0, 0.5)
 */
export function planLooks(fractions: readonly number[], alpha: number): Look[] {
  if (!(alpha > 0 && alpha < 0.5))
    throw new RangeError(`a one-sided level must be in (0, 0.5), found ${alpha}`);
  const isRising = fractions.every((fraction, i) => fraction > (fractions[i - 1] ?? 0));
  if (!isRising || fractions.at(-1) !== 1)
    throw new RangeError(`looks need fractions that rise to 1, found ${fractions.join(', ')}`);
  const looks: Look[] = [];
  let going: Going = [];
  fractions.forEach((fraction, i) => {
    const earlier = fractions[i - 1];
    const spent = spentBy(fraction, alpha);
    const toSpend = spent - (looks.at(-1)?.spent ?? 0);
    const densityAt = (z: number): number =>
      earlier === undefined ? density(z) : nextDensity(going, earlier / fraction, z);
    const tail = (z: number): number =>
      earlier === undefined ? 1 - normal.cdf(z, 0, 1) : nextTail(going, earlier / fraction, z);
    const criticalZ = solve(tail, toSpend);
    if (fraction < 1)
      going = simpson(LOWEST, criticalZ).map(({ at, weight }) => ({ at, mass: weight * densityAt(at) }));
    looks.push({ fraction, spent, criticalZ, criticalP: 1 - normal.cdf(criticalZ, 0, 1) });
  });
  return looks;
}

/** Of z at the next look, among those going: z' = √ratio · z + √(1 − ratio) · new. */
function nextDensity(going: Going, ratio: number, z: number): number {
  const scale = Math.sqrt(1 - ratio);
  return going.reduce(
    (sum, { at, mass }) => sum + (mass * density((z - Math.sqrt(ratio) * at) / scale)) / scale,
    0,
  );
}

function nextTail(going: Going, ratio: number, z: number): number {
  const scale = Math.sqrt(1 - ratio);
  return going.reduce(
    (sum, { at, mass }) => sum + mass * (1 - normal.cdf((z - Math.sqrt(ratio) * at) / scale, 0, 1)),
    0,
  );
}

/** The z with that tail, which falls with z, by bisection. */
function solve(tail: (z: number) => number, target: number): number {
  let [low, high] = [0, 8];
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2;
    if (tail(middle) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Below this chance of still showing the claim it is given up. */
export const FUTILE_POWER = 0.1;

export type LookDecision = 'shown' | 'futile' | 'continue' | 'not-shown';

/**
 * What a look with the one-sided p of the claim decides. Futile: the chance of passing the last look, were the drift seen so
 * far to go on (conditional power under the current trend), is below 10 %. Stopping for it is not binding: going on
 * regardless keeps the level. At the last look a claim is shown or not.
 *
 * @throws RangeError when there is no such look, or p is outside [0, 1]
 */
export function decideAtLook(looks: readonly Look[], index: number, p: number): LookDecision {
  const look = looks[index];
  if (look === undefined) throw new RangeError(`there are ${looks.length} looks, found index ${index}`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value must be in [0, 1], found ${p}`);
  if (p <= look.criticalP) return 'shown';
  if (look.fraction === 1) return 'not-shown';
  return conditionalPower(looks, index, p) < FUTILE_POWER ? 'futile' : 'continue';
}

/**
 * Chance of passing the last look, given p at this one, under the trend seen: with z√t gathered and the drift z/√t to come,
 * 1 − Φ((z_last − z√t − (1 − t)·z/√t) / √(1 − t)). Looks between are passed over, so it is a little below the true one.
 * Source: Proschan, Lan and Wittes 2006, chapter 3.
 */
export function conditionalPower(looks: readonly Look[], index: number, p: number): number {
  const { fraction } = looks[index]!;
  const last = looks.at(-1)!.criticalZ;
  const z = normal.inv(1 - Math.min(1 - 1e-12, Math.max(1e-12, p)), 0, 1);
  const gathered = z * Math.sqrt(fraction);
  const toCome = ((1 - fraction) * z) / Math.sqrt(fraction);
  return 1 - normal.cdf((last - gathered - toCome) / Math.sqrt(1 - fraction), 0, 1);
}

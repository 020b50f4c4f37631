import library from 'jstat';

const { normal, beta } = library.jStat;

function assertProportion(successes: number, trials: number, level: number): void {
  const whole = Number.isInteger(successes) && Number.isInteger(trials);
  if (!whole || successes < 0 || successes > trials || trials < 1 || !(level > 0 && level < 1)) {
    throw new RangeError(
      `an interval of a proportion needs integers 0 <= successes <= trials, trials >= 1 and a level in (0, 1), ` +
        `found successes=${successes}, trials=${trials}, level=${level}`,
    );
  }
}

/** Wilson's score interval of a proportion. Source: Wilson 1927; Brown, Cai and DasGupta 2001. */
export function wilsonInterval(
  successes: number,
  trials: number,
  level: number,
): [low: number, high: number] {
  assertProportion(successes, trials, level);
  const z = normal.inv(1 - (1 - level) / 2, 0, 1);
  const share = successes / trials;
  const shrink = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return [successes === 0 ? 0 : centre - half, successes === trials ? 1 : centre + half];
}

/** Clopper–Pearson's exact interval of a proportion, from beta quantiles. Source: Clopper and Pearson 1934. */
export function clopperPearsonInterval(
  successes: number,
  trials: number,
  level: number,
): [low: number, high: number] {
  assertProportion(successes, trials, level);
  const tail = (1 - level) / 2;
  const low = successes === 0 ? 0 : beta.inv(tail, successes, trials - successes + 1);
  const high = successes === trials ? 1 : beta.inv(1 - tail, successes + 1, trials - successes);
  return [low, high];
}

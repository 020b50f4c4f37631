import library from 'jstat';

const { beta } = library.jStat;

function assertProportion(successes: number, trials: number, level: number): void {
  const whole = Number.isInteger(successes) && Number.isInteger(trials);
  if (!whole || successes < 0 || successes > trials || trials < 1 || !(level > 0 && level < 1)) {
    throw new RangeError(
      `an interval of a proportion needs integers 0 <= successes <= trials, trials >= 1 and a level in (0, 1), ` +
        `found successes=${successes}, trials=${trials}, level=${level}`,
    );
  }
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

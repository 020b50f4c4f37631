export type MultiplicityCorrection = 'holm' | 'benjamini-hochberg';

/**
 * P-values adjusted for being tested together, in the order given. Holm bounds the chance of any false rejection,
 * Benjamini–Hochberg the expected share of false ones. Sources: Holm 1979; Benjamini and Hochberg 1995.
 *
 * @throws RangeError when a p-value is outside [0, 1]
 */
export function adjustPValues(pValues: readonly number[], correction: MultiplicityCorrection): number[] {
  for (const p of pValues)
    if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value must be in [0, 1], found ${p}`);
  const count = pValues.length;
  const ascending = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = Array<number>(count);
  if (correction === 'holm') {
    let largest = 0;
    ascending.forEach((index, rank) => {
      largest = Math.max(largest, pValues[index]! * (count - rank));
      adjusted[index] = Math.min(1, largest);
    });
    return adjusted;
  }
  let smallest = 1;
  ascending.toReversed().forEach((index, i) => {
    smallest = Math.min(smallest, (pValues[index]! * count) / (count - i));
    adjusted[index] = smallest;
  });
  return adjusted;
}

/** The p-values of one claim's hypotheses. */
export interface ClaimFamily {
  readonly name: string;
  readonly p: readonly number[];
}

/** One hypothesis's p, corrected within its claim and over all claims. */
export interface CorrectedP {
  readonly claim: string;
  /** Of the hypothesis within its claim, from 0. */
  readonly index: number;
  readonly p: number;
  readonly holmWithin: number;
  readonly bhWithin: number;
  readonly holmOverall: number;
  readonly bhOverall: number;
}

/**
 * Every hypothesis of every claim, in order, by Holm and by Benjamini–Hochberg, once among the hypotheses of its claim and
 * once among all of them. Within: how often a page says something false. Overall: how often the collection does.
 *
 * @throws RangeError when a p-value is outside [0, 1]
 */
export function correctFamilies(claims: readonly ClaimFamily[]): CorrectedP[] {
  const all = claims.flatMap(({ p }) => p);
  const holmOverall = adjustPValues(all, 'holm');
  const bhOverall = adjustPValues(all, 'benjamini-hochberg');
  const within = claims.flatMap(({ name, p }) => {
    const holm = adjustPValues(p, 'holm');
    const bh = adjustPValues(p, 'benjamini-hochberg');
    return p.map((value, index) => ({
      claim: name,
      index,
      p: value,
      holmWithin: holm[index]!,
      bhWithin: bh[index]!,
    }));
  });
  return within.map((one, i) => ({ ...one, holmOverall: holmOverall[i]!, bhOverall: bhOverall[i]! }));
}

import type { ExperimentVerdictEntry, HypothesisVerdictEntry } from '../../config/verdict-document.ts';
import { correctFamilies, type CorrectedP } from '../../stats/significance/multiple-testing.ts';

type TestedP = 'p' | 'oppositeP';

/** By claim and hypothesis. One without a number counts with p = 1, as it does within its claim. */
function correct(claims: readonly ExperimentVerdictEntry[], tested: TestedP): Map<string, CorrectedP> {
  const families = claims.map(({ fingerprint, hypotheses }) => ({
    name: fingerprint,
    p: hypotheses.map((hypothesis) => hypothesis[tested] ?? 1),
  }));
  return new Map(correctFamilies(families).map((row) => [`${row.claim}/${row.index}`, row]));
}

/**
 * Entries with Holm's and Benjamini–Hochberg's p over the hypotheses of all claims of which something is decided: how far a reader who
 * takes them together may trust each. As they are where that is one claim or none.
 */
export function correctOverall(claims: readonly ExperimentVerdictEntry[]): ExperimentVerdictEntry[] {
  const isWeighed = ({ hypotheses }: ExperimentVerdictEntry): boolean =>
    hypotheses.some(({ p }) => p !== null);
  const weighed = claims.filter(isWeighed);
  if (weighed.length < 2) return [...claims];
  const support = correct(weighed, 'p');
  const opposite = correct(weighed, 'oppositeP');
  return claims.map((claim) => {
    const toOverall = (hypothesis: HypothesisVerdictEntry, index: number): HypothesisVerdictEntry => {
      if (hypothesis.p === null) return hypothesis;
      const key = `${claim.fingerprint}/${index}`;
      const [held, reversed] = [support.get(key)!, opposite.get(key)!];
      return {
        ...hypothesis,
        holmOverallP: held.holmOverall,
        bhOverallP: held.bhOverall,
        oppositeHolmOverallP: reversed.holmOverall,
        oppositeBhOverallP: reversed.bhOverall,
      };
    };
    return { ...claim, hypotheses: claim.hypotheses.map(toOverall) };
  });
}

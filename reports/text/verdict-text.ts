import { marginValue } from '../../config/hypothesis.ts';
import type { HypothesisVerdictEntry } from '../../config/verdict-document.ts';
import { countNoun } from './count-noun.ts';
import { formatDifference, formatInterval, formatP, formatScore } from './format-number.ts';
import { describeMargin, unitSuffix } from './hypothesis-text.ts';
import { isDecided, type DecidedRow, type VerdictRow } from '../verdicts/verdict-table.ts';

/** The rule of docs/metrics.md, section 4, in the words of the report. */
export const DECISION_RULE =
  'Fixed before the run: supported when the one-sided p of the claim, Holm-corrected over all hypotheses of the experiment, ' +
  'is at most 0.05; contradicted when the same holds for its opposite; no-effect when two one-sided tests, Holm-corrected over the ' +
  'hypotheses that declare a smallest effect of interest, put the effect within ± it; else underpowered. Not-tested when a check ' +
  'that the hypothesis requires failed or could not be measured, when arms that were to spend alike did not, or when nothing was ' +
  'recorded; pending until all runs that it compares are completed. Pairs share base seed, RL seed and ' +
  'problem. p and the 95% interval come from the spread of the base models (of the seeds where there is one base) and of the ' +
  'problems, with t quantiles for so few; Benjamini–Hochberg’s p (BH), the hierarchical bootstrap and the sign-flip tests stand ' +
  'beside them and decide nothing. Equivalence takes two one-sided tests.';

/** Beside it where the lock has looks. */
export const LOOK_RULE =
  'This claim is looked at before all of its bases are there, as its lock says. At a look, and for those that it decides for good, Holm’s p must be ' +
  'at most what the look spends of 0.05 (O’Brien and Fleming’s spending by Lan and DeMets) in place of 0.05; what the looks spend sums to 0.05, and ' +
  'so do the errors of a family. It stops when every hypothesis is decided or has less than 10 % of a chance left. Intervals are not widened for looks.';

/** "; look 1 of 3, 5 of 15 bases, Holm p to be at most 0.0007"; empty where there are no looks. */
export function describeLook({ look }: VerdictRow): string {
  if (look === null) return '';
  const { number, of, bases, plannedBases, level } = look;
  return `; look ${number} of ${of}, ${bases} of ${plannedBases} bases, Holm p to be at most ${Number(level.toPrecision(2))}`;
}

export function describeEffect({ evidence, hypothesis }: DecidedRow): string {
  return `${formatDifference(evidence.effect)}${unitSuffix(hypothesis)} (${formatInterval(evidence)})`;
}

/** "3 bases × 2 seeds, 96 problems", with the look; one base is no level, and the row says so. */
export function describeSize(row: DecidedRow): string {
  return `${describeUnits(row)}${describeLook(row)}`;
}

function describeUnits({ evidence, isAveraged }: DecidedRow): string {
  const { bases, pairs, problems } = evidence;
  const runs =
    bases === 1
      ? `1 base only, ${countNoun(pairs, 'seed')}`
      : pairs % bases === 0
        ? `${bases} bases × ${countNoun(pairs / bases, 'seed')}`
        : `${pairs} runs of ${bases} bases`;
  if (isAveraged) return `${runs}, each run’s mean over its own problems, as the conditions share none`;
  return problems === 1 ? `${runs}, one number per run` : `${runs}, ${problems} problems`;
}

/** Holm's p of what was decided, with Benjamini–Hochberg's beside it; of the opposite where the claim is contradicted. */
export function describeP(row: DecidedRow): string {
  const { verdict, holmSupportP, holmContradictP, holmNoEffectP, bhSupportP, bhContradictP } = row;
  if (verdict === 'contradicted')
    return `${formatP(holmContradictP)} (opposite; BH ${formatP(bhContradictP)})`;
  const support = `${formatP(holmSupportP)} (BH ${formatP(bhSupportP)})`;
  return verdict === 'no-effect' && holmNoEffectP !== null
    ? `${support}; ${formatP(holmNoEffectP)} within ± interest`
    : support;
}

/** "; over all claims 0.060 (BH 0.040)", of the opposite where the claim is contradicted; empty where there is one claim. */
export function describeOverall(entry: HypothesisVerdictEntry): string {
  const isOpposite = entry.outcome === 'contradicted';
  const holm = isOpposite ? entry.oppositeHolmOverallP : entry.holmOverallP;
  const bh = isOpposite ? entry.oppositeBhOverallP : entry.bhOverallP;
  return holm === null || bh === null ? '' : `; over all claims ${formatP(holm)} (BH ${formatP(bh)})`;
}

/** The smallest effect of interest: what is declared as it, else the margin of a claim that no more is lost or changed. */
export function interestOf({ hypothesis, evidence }: DecidedRow): number | null {
  const { alternative, interest } = hypothesis;
  if (interest !== undefined) return interest.value;
  return alternative === 'noninferior' || alternative === 'equivalent' ? evidence.margin : null;
}

/** "0.031 of 0.030": what 80 % of such experiments would show at Holm's level, and what would matter. */
export function describeDetectable(row: DecidedRow): string {
  const { detectableAtHolm } = row.evidence;
  const interest = interestOf(row);
  const seen = detectableAtHolm === null ? 'nothing varied' : formatScore(detectableAtHolm);
  const estimated = marginValue(row.hypothesis) === null ? ` (${describeMargin(row.hypothesis)})` : '';
  const wanted = interest === null ? 'none declared' : `${formatScore(interest)}${estimated}`;
  return `${seen} / ${wanted}${unitSuffix(row.hypothesis)}`;
}

/** What an underpowered comparison could have seen, and what it would take. */
export function describeNeed(row: VerdictRow): string {
  if (!isDecided(row)) return row.reason;
  if (row.verdict !== 'underpowered') return '';
  const { detectable, detectableAtHolm, needed, bases, pairs } = row.evidence;
  const seen =
    detectable === null || detectableAtHolm === null
      ? 'nothing varied, so nothing can be planned'
      : `could see ${formatScore(detectable)}${unitSuffix(row.hypothesis)}, at Holm’s level ${formatScore(detectableAtHolm)}`;
  const ways = [
    needed.bases === null ? [] : [`${needed.bases} bases × ${countNoun(Math.round(pairs / bases), 'seed')}`],
    needed.seedsPerBase === null
      ? []
      : [`${countNoun(bases, 'base')} × ${countNoun(needed.seedsPerBase, 'seed')}`],
    needed.problems === undefined || needed.problems === null ? [] : [`${needed.problems} problems`],
  ].flat();
  const takes =
    ways.length === 0
      ? `more ${needed.problems === null ? 'problems' : 'runs'} alone would not show the estimate`
      : `to show the estimate: ${ways.join(' or ')}`;
  return `${seen}; ${takes}`;
}

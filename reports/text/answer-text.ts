import type { DifferenceRow } from '../tables/difference-table.ts';
import type { GainPartRow } from '../tables/gain-part-table.ts';
import type { RankingRow } from '../tables/ranking-table.ts';
import type { VerdictRow } from '../verdicts/verdict-table.ts';
import { isDecided } from '../verdicts/verdict-table.ts';
import { countNoun } from './count-noun.ts';
import { formatDetectable, formatDifference, formatInterval, formatScore } from './format-number.ts';
import { describeEffect, describeNeed } from './verdict-text.ts';
import { decideDifference } from './decide-difference.ts';

/** What the answer to an experiment's question is read off. */
export interface AnswerInput {
  readonly ranking: readonly RankingRow[];
  readonly differences: readonly DifferenceRow[];
  readonly gainParts: readonly GainPartRow[];
  readonly verdicts: readonly VerdictRow[];
  readonly runs: readonly { readonly status: string }[];
  /** What the levels are: pass@1, or the mean score. */
  readonly scoreName: string;
  /** What arms are called that others are compared with, and those others: of results of other programs `baseline`, `arms`. */
  readonly nouns: { readonly control: string; readonly trained: string };
}

/** Pairs of schemes that a sentence names; the table has the others. */
const MOST_NAMED = 3;

const formatEnds = ({ low, high }: { low: number; high: number }): string =>
  `${formatScore(low)} to ${formatScore(high)}`;

const describeSeen = (detectable: number): string => `${formatDetectable(detectable)} could have been seen`;

/** "0.469 above base (95% interval 0.430 to 0.500)", or that there is no evidence of it and what could have been seen. */
function describePair(row: DifferenceRow): string {
  const { difference, reference, detectable, low, high } = row;
  const isBelow = difference < 0;
  const size = `${formatScore(Math.abs(difference))} ${isBelow ? 'below' : 'above'} ${reference}`;
  const ends = isBelow ? { low: -high, high: -low } : { low, high };
  const interval = `(95% interval ${formatEnds(ends)})`;
  const kind = decideDifference(row);
  if (kind === 'better' || kind === 'worse') return `${size} ${interval}`;
  if (kind === 'suggestive') return `${size} ${interval}, but not beyond the correction for all comparisons`;
  const seen = detectable === null ? '' : `; ${describeSeen(detectable)}`;
  return `not told apart from ${reference} (${size}, 95% interval ${formatEnds(ends)}${seen})`;
}

function turn(row: DifferenceRow): DifferenceRow {
  const { condition, reference, difference, low, high } = row;
  return {
    ...row,
    condition: reference,
    reference: condition,
    difference: -difference,
    low: -high,
    high: -low,
  };
}

/** What an arm is compared with, itself first: the baseline and the controls, which the baseline itself is compared with from the other side. */
function listCompared(
  { condition }: RankingRow,
  cell: readonly RankingRow[],
  differences: readonly DifferenceRow[],
): DifferenceRow[] {
  const controls = new Set(cell.filter(({ isControl }) => isControl).map((row) => row.condition));
  return differences
    .filter(({ kind }) => kind !== 'schemes')
    .flatMap((row) => {
      if (row.condition === condition) return [row];
      return row.reference === condition && controls.has(row.condition) ? [turn(row)] : [];
    });
}

/** The highest trained arm: its level, and how far it is from the baseline and from each control arm. */
function describeBest(
  cell: readonly RankingRow[],
  differences: readonly DifferenceRow[],
  { scoreName, nouns }: Pick<AnswerInput, 'scoreName' | 'nouns'>,
): string {
  const best = cell.find(({ isControl }) => !isControl) ?? cell[0]!;
  const { condition, split, level, low, high } = best;
  const compared = listCompared(best, cell, differences);
  const reached = `${condition} reaches ${formatScore(level)} in ${scoreName} on ${split}`;
  const first = cell[0]!;
  const above =
    first.level <= level
      ? ''
      : `; the ${nouns.control} ${first.condition} is higher, at ${formatScore(first.level)}`;
  if (compared.length === 0)
    return `${reached} (95% interval ${formatEnds({ low, high })})${above}; it has no arm to be compared with.`;
  return `${reached}, ${compared.map(describePair).join(', and ')}${above}.`;
}

/** What the best arm's gain over the untrained base is made of, where all three parts are known. */
function describeParts(cell: readonly RankingRow[], gainParts: readonly GainPartRow[]): string[] {
  const best = cell.find(({ isControl }) => !isControl);
  const row = gainParts.find(({ condition, split }) => condition === best?.condition && split === best.split);
  if (row === undefined || row.temperature === null || row.rest === null) return [];
  const parts = [
    ['eliciting, choosing another format', row.share],
    ['sharpening, what a lower temperature gives as well', row.temperature],
    [
      row.rest.high < 0
        ? 'what training falls short of that temperature, so that no teaching was shown'
        : 'teaching, the rest',
      row.rest,
    ],
  ] as const;
  const told = parts.map(
    ([name, part]) => `${formatDifference(part.estimate)} (${formatInterval(part)}) is ${name}`,
  );
  return [
    `Of the gain of ${row.condition} over ${row.reference}, ${formatDifference(row.gain.estimate)}: ${told.join('; ')}.`,
  ];
}

/** Which pairs of the schemes differ, and how large a difference of the others can still be. */
function describeSchemes(
  cell: readonly RankingRow[],
  differences: readonly DifferenceRow[],
  { nouns }: Pick<AnswerInput, 'nouns'>,
): string[] {
  const trained = new Set(cell.filter(({ isControl }) => !isControl).map(({ condition }) => condition));
  const pairs = differences.filter(
    ({ condition, reference }) => trained.has(condition) && trained.has(reference),
  );
  if (pairs.length === 0) return [];
  const isShown = (row: DifferenceRow): boolean => ['better', 'worse'].includes(decideDifference(row));
  const shown = pairs
    .filter(isShown)
    .toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
    .map(nameHigherFirst);
  const others = pairs.filter((row) => !isShown(row));
  const more = shown.length - MOST_NAMED;
  const told =
    shown.length === 0
      ? []
      : [
          ...shown.slice(0, MOST_NAMED),
          ...(more > 0 ? [`${countNoun(more, 'more pair')} in the table`] : []),
        ];
  const rest = others.length === 0 ? [] : [describeRest(others, pairs.length)];
  return [`Between ${nouns.trained}: ${[...told, ...rest].join('; ')}.`];
}

function nameHigherFirst(row: DifferenceRow): string {
  const { condition, reference, difference } = row;
  return difference > 0 ? `${condition} ${describePair(row)}` : `${reference} ${describePair(turn(row))}`;
}

function describeRest(others: readonly DifferenceRow[], pairs: number): string {
  const most = Math.max(...others.flatMap(({ low, high }) => [-low, high]));
  const sizes = others.flatMap(({ detectable }) => detectable ?? []);
  const seen = sizes.length === 0 ? '' : `, and ${describeSeen(Math.max(...sizes))}`;
  const which =
    pairs === 1
      ? `${others[0]!.condition} and ${others[0]!.reference} are not told apart`
      : others.length === pairs
        ? 'no pair is told apart'
        : 'no other pair is told apart';
  return `${which}; by their 95% intervals they differ by no more than ${formatScore(most)}${seen}`;
}

/** "supported: GRPO is above base. +0.469 (+0.430 to +0.500)". */
function describeHypothesis(row: VerdictRow): string {
  const { claim } = row.hypothesis;
  if (!isDecided(row)) return `${row.verdict}: ${claim} ${row.reason}`;
  const need = describeNeed(row);
  return `${row.verdict}: ${claim} ${describeEffect(row)}${need === '' ? '' : `; ${need}`}`;
}

/**
 * The answer to an experiment's question, a sentence each: what is decided of each hypothesis, then for each cell of the matrix
 * how high its best scheme is, above what, what that gain is made of, and which schemes differ. Where there is no evidence they say what could have been seen.
 */
export function describeAnswer(input: AnswerInput): string[] {
  const { ranking, differences, gainParts, verdicts, runs } = input;
  const completed = runs.filter(({ status }) => status === 'completed').length;
  const partial =
    completed === runs.length ? [] : [`Not final: ${completed} of ${runs.length} runs are completed.`];
  const claims = verdicts.map(describeHypothesis);
  if (ranking.length === 0) return [...partial, ...claims, 'No arm has a final evaluation yet.'];
  const split = ranking[0]!.split;
  const headline = differences.filter((row) => row.k === 1 && row.split === split);
  const starts = ranking.flatMap(({ rank }, i) => (rank === 1 ? [i] : []));
  const cells = starts.map((start, i) => ranking.slice(start, starts[i + 1]));
  return [
    ...partial,
    ...claims,
    ...cells.flatMap((cell) => [
      describeBest(cell, headline, input),
      ...describeParts(cell, gainParts),
      ...describeSchemes(cell, headline, input),
    ]),
  ];
}

import { auroc, expectedCalibrationError, type Forecasts } from '../../stats/measures/calibration.ts';
import { meanOverProblems, passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import { compareSplits } from '../comparison/final-counts.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { sumFormats, type FormatTotal } from '../tables/sum-formats.ts';

/** One problem's samples in the evaluation of an untrained base model. */
export interface CardEvaluation {
  readonly split: string;
  readonly answer: string;
  readonly n: number;
  readonly c: number;
  /** Each extracted answer (empty text: none) → samples that gave it. */
  readonly answers: Readonly<Record<string, number>>;
  /** Each completion format → its samples and how many are correct. */
  readonly formats: Readonly<Record<string, { readonly n: number; readonly c: number }>>;
}

/** What a probe measured on one problem, or on a split as a whole. */
export interface CardProbeScore {
  readonly probe: string;
  readonly metric: string;
  readonly split: string;
  readonly value: number;
}

/** A probe's metric, averaged over the problems it was measured on. */
export interface CardProbe extends Omit<CardProbeScore, 'value'> {
  readonly mean: number;
}

/** Rows a card is made from. */
export interface BaseCardInput {
  readonly name: string;
  readonly purpose: string;
  readonly seed: number;
  readonly baseModelId: string;
  readonly weightsSha256: string;
  /** The settled recipe and task. */
  readonly plan: unknown;
  /** Tokens of the corpus, end tokens included. */
  readonly tokens: number;
  /** Mean next-token loss of the last chunk of pretraining, nats. */
  readonly finalLoss: number;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** Canonical key of a leaked problem → its occurrences in the corpus. */
  readonly leak: Readonly<Record<string, number>>;
  readonly evaluations: readonly CardEvaluation[];
  readonly probeScores: readonly CardProbeScore[];
}

/** How far the shares of answers among a problem's samples are from how often those answers are right. */
export interface CardCalibration {
  /** Mean share that a sampled answer has among the problem's other samples. */
  readonly meanConfidence: number;
  readonly accuracy: number;
  readonly ece: number;
  /** Null: all samples right, or all wrong. */
  readonly auroc: number | null;
}

export interface CardSplit {
  readonly split: string;
  readonly problems: number;
  readonly samples: number;
  /** k → unbiased pass@k; null above the number of samples. */
  readonly passAtK: Readonly<Record<number, number | null>>;
  /** Share of problems whose most frequent answer is right; null where answers cannot be compared as text. */
  readonly majorityAccuracy: number | null;
  /** Share of problems that no sample solved. */
  readonly unsolved: number;
  readonly formats: readonly FormatTotal[];
  /** Null where answers cannot be compared as text. */
  readonly calibration: CardCalibration | null;
}

export interface CardLeak {
  readonly problems: number;
  /** Mean number of times a leaked problem occurs in the corpus; 0 in a control. */
  readonly repeats: number;
  /** pass@1 contaminated minus clean; null when one of them is not evaluated. */
  readonly gap: number | null;
}

/** What is known of a base model before any RL. */
export interface BaseCard extends Omit<BaseCardInput, 'evaluations' | 'probeScores' | 'leak'> {
  readonly splits: readonly CardSplit[];
  /** Null: no source of the recipe leaks. */
  readonly leak: CardLeak | null;
  /** Greedy answers, recall of facts, completion of leaked prompts (docs/probes.md). */
  readonly probes: readonly CardProbe[];
}

export const CARD_KS = [1, 4, 16, 64] as const;

/** Answers are compared as text, which fits tasks with one right answer per problem; null for others. */
function rightAnswers(row: CardEvaluation): number | null {
  const right = row.answers[row.answer] ?? 0;
  return right === row.c ? right : null;
}

/** Every sample with the share of its answer among the others: leaving it out keeps the share unbiased. */
function forecastsOf(rows: readonly CardEvaluation[]): Forecasts {
  const probabilities: number[] = [];
  const outcomes: (0 | 1)[] = [];
  for (const { answer, answers } of rows) {
    const n = Object.values(answers).reduce((sum, count) => sum + count, 0);
    for (const [given, count] of Object.entries(answers)) {
      for (let sample = 0; sample < count; sample += 1) {
        probabilities.push(given === '' ? 0 : (count - 1) / (n - 1));
        outcomes.push(given === answer ? 1 : 0);
      }
    }
  }
  return { probabilities, outcomes };
}

function calibrate(rows: readonly CardEvaluation[]): CardCalibration | null {
  if (rows.some((row) => row.n < 2 || rightAnswers(row) === null)) return null;
  const forecasts = forecastsOf(rows);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    meanConfidence: mean(forecasts.probabilities),
    accuracy: mean(forecasts.outcomes),
    ece: expectedCalibrationError(forecasts, 10),
    auroc: auroc(forecasts),
  };
}

/** Ties go to the answer that sorts first, so that a card has one reading. */
function mostFrequent(answers: CardEvaluation['answers']): string {
  const [first] = Object.entries(answers).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return first?.[0] ?? '';
}

function majorityAccuracy(rows: readonly CardEvaluation[]): number | null {
  if (rows.some((row) => rightAnswers(row) === null)) return null;
  return rows.filter((row) => mostFrequent(row.answers) === row.answer).length / rows.length;
}

function toCardSplit(split: string, rows: readonly CardEvaluation[]): CardSplit {
  return {
    split,
    problems: rows.length,
    samples: Math.min(...rows.map(({ n }) => n)),
    passAtK: Object.fromEntries(CARD_KS.map((k) => [k, meanOverProblems(rows, k, passAtK)])),
    majorityAccuracy: majorityAccuracy(rows),
    unsolved: rows.filter(({ c }) => c === 0).length / rows.length,
    formats: sumFormats(rows),
    calibration: calibrate(rows),
  };
}

function toCardLeak(input: BaseCardInput, splits: readonly CardSplit[]): CardLeak | null {
  const counts = Object.values(input.leak);
  if (counts.length === 0) return null;
  const passAt1 = (name: string): number | null =>
    splits.find(({ split }) => split === name)?.passAtK[1] ?? null;
  const [clean, contaminated] = [passAt1('clean'), passAt1('contaminated')];
  return {
    problems: counts.length,
    repeats: counts.reduce((sum, count) => sum + count, 0) / counts.length,
    gap: clean === null || contaminated === null ? null : contaminated - clean,
  };
}

function averageProbes(scores: readonly CardProbeScore[]): CardProbe[] {
  const key = ({ probe, split, metric }: CardProbeScore): string => `${probe} ${split} ${metric}`;
  return [...groupRows(scores, key).values()].map((rows) => {
    const { probe, metric, split } = rows[0]!;
    return { probe, metric, split, mean: rows.reduce((sum, { value }) => sum + value, 0) / rows.length };
  });
}

/** Computes a base model's card from what its evaluation stored. */
export function toBaseCard(input: BaseCardInput): BaseCard {
  const { evaluations, probeScores, ...known } = input;
  const splits = [...groupRows(evaluations, ({ split }) => split)]
    .sort(([a], [b]) => compareSplits(a, b))
    .map(([split, rows]) => toCardSplit(split, rows));
  return { ...known, splits, leak: toCardLeak(input, splits), probes: averageProbes(probeScores) };
}

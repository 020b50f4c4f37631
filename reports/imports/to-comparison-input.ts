import type { Hypothesis } from '../../config/hypothesis.ts';
import type {
  ComparisonInput,
  EvaluationCount,
  FinalSample,
  RunNoise,
  RunRecord,
} from '../comparison/comparison-input.ts';
import { describeChangedSettings } from './changed-settings.ts';
import type { ImportedArm, ImportedCount } from './imported-arm.ts';
import { compareSplits } from '../comparison/final-counts.ts';
import { ALL, placeOf, type PairedArms } from './pair-arms.ts';

/** One-sided level at which a verdict agrees with the two-sided 95 % interval that stands beside it. */
export const IMPORT_ALPHA = 0.025;

/** A comparison of imported arms, as it was asked for. */
export interface ImportedComparison {
  readonly name: string;
  readonly question: string;
  /** SHA-256 of what is compared and how; seeds every interval. */
  readonly fingerprint: string;
  /** Name of an arm. */
  readonly baseline: string;
  readonly hypotheses: readonly Hypothesis[];
  readonly paired: PairedArms;
  /** Absent: none is told. */
  readonly noise?: RunNoise;
  /** What the sources tell of themselves that a reader has to know. */
  readonly notices: readonly string[];
}

/** A text of an imported run. */
export interface ImportedSample {
  readonly arm: string;
  readonly split: string;
  readonly key: string;
  readonly prompt: string;
  readonly completion: string;
  readonly target: string;
  readonly verdict: string;
}

const runIdOf = (arm: string, run: number): string => `${arm}#${run + 1}`;

/** Of each problem an id that no other of its split has: what its source calls it, with its key where that is not enough. */
function nameProblems(counts: readonly ImportedCount[]): string[] {
  const times = new Map<string, number>();
  const nameOf = ({ split, sourceId }: ImportedCount): string => `${split}\0${sourceId}`;
  for (const row of counts) times.set(nameOf(row), (times.get(nameOf(row)) ?? 0) + 1);
  return counts.map((row) => (times.get(nameOf(row)) === 1 ? row.sourceId : `${row.sourceId} ${row.key}`));
}

const NO_FORMATS: EvaluationCount['formats'] = {};

function toEvaluation(runId: string, row: ImportedCount, problemId: string): EvaluationCount {
  const { split, n, sum, tokens, target, answers, confidences, cluster, isBinary } = row;
  const c = sum;
  const correctAnswer = target ?? '';
  const formats = NO_FORMATS;
  const counts = {
    runId,
    split,
    step: 0,
    problemId,
    n,
    c,
    tokens,
    answers,
    confidences,
    correctAnswer,
    formats,
  };
  if (cluster === null && isBinary) return counts;
  return { ...counts, ...(cluster === null ? {} : { cluster }), ...(isBinary ? {} : { isGraded: true }) };
}

function toRun(arm: string, run: number, seed: number): RunRecord {
  return {
    ...{ id: runIdOf(arm, run), condition: arm, baseSeed: 0, seed, status: 'completed', stepsDone: 0 },
    ...{ hasSharedDraws: false, checkpointSha256: null, failure: null, sources: null, machines: [] },
    provenance: {},
  };
}

/** Those of the settings that are not alike in all arms. */
function differing(arms: readonly ImportedArm[]): Record<string, string>[] {
  const keys = [...new Set(arms.flatMap(({ settings }) => Object.keys(settings)))].sort();
  const told = keys.filter((key) => new Set(arms.map(({ settings }) => settings[key])).size > 1);
  return arms.map(({ settings }) =>
    Object.fromEntries(told.flatMap((key) => (key in settings ? [[key, settings[key]!]] : []))),
  );
}

/** A comparison as the rows that a report is made from, without texts. */
export interface ImportedRows {
  readonly input: ComparisonInput;
  /** Problem, as `placeOf` has it → what the rows call it. */
  readonly names: ReadonlyMap<string, string>;
}

/** Keys of the problems that the rows of a split call so. */
export function keysOf({ names }: ImportedRows, split: string, problemIds: ReadonlySet<string>): string[] {
  const end = split === ALL ? '' : ` ${split}`;
  return [...names].flatMap(([place, name]) =>
    problemIds.has(name) && place.endsWith(end) ? [place.slice(0, place.length - end.length)] : [],
  );
}

/** Texts as the page shows them; those of problems that are not compared are left out. */
export function toFinalSamples({ names }: ImportedRows, samples: readonly ImportedSample[]): FinalSample[] {
  return samples.flatMap(({ arm, split, key, prompt, completion, target, verdict }) => {
    const own = names.get(placeOf({ split, key }));
    // Where splits have other names in each arm, all problems are one split.
    const problemId = own ?? names.get(placeOf({ split: ALL, key }));
    if (problemId === undefined) return [];
    const phase = own === undefined ? ALL : split;
    return [{ runId: runIdOf(arm, 0), phase, problemId, prompt, completion, answer: target, verdict }];
  });
}

/** Imported arms as the rows that a report is made from: an arm is a condition, its runs have seeds and no base models. */
export function toComparisonInput(asked: ImportedComparison): ImportedRows {
  const { name, question, fingerprint, baseline, hypotheses } = asked;
  const { arms, population, notices } = asked.paired;
  const first = arms[0]!.runs[0]!.counts;
  const ids = nameProblems(first);
  const settings = differing(arms);
  const evaluations = arms.flatMap((arm) =>
    arm.runs.flatMap(({ counts }, run) => {
      const runId = runIdOf(arm.name, run);
      return counts.map((row, i) => toEvaluation(runId, row, ids[i]!));
    }),
  );
  const input: ComparisonInput = {
    experiment: { name, question, fingerprint, baseline, source: null, hypotheses, checks: {} },
    lock: null,
    conditions: arms.map((arm, i) => ({
      ...{ name: arm.name, isControl: arm.name === baseline, schemeName: arm.name, fixedProblems: null },
      ...{ fingerprint, settings: settings[i]!, baseModelId: '' },
    })),
    runs: arms.flatMap((arm) => arm.runs.map(({ seed }, run) => toRun(arm.name, run, seed!))),
    evaluations,
    unverified: arms.flatMap((arm) =>
      arm.runs.flatMap(({ counts }, run) => countFailed(runIdOf(arm.name, run), counts)),
    ),
    ...{ baseModels: [], metrics: [], stepTokens: [], ledger: [], uncountedRuns: [], probeScores: [] },
    ...{ forcedFormats: [], temperatures: [], rewardByVerdict: [], answers: [], rollouts: [] },
    finalSamples: [],
    imported: {
      sources: arms.flatMap(({ sources }) => sources),
      population,
      alpha: IMPORT_ALPHA,
      ...(asked.noise === undefined ? {} : { noise: asked.noise }),
      isGraded: isGraded(asked.paired),
      notices: [
        ...asked.notices,
        ...describeChangedSettings(
          arms.map(({ name: arm }) => arm),
          settings,
        ),
        ...notices,
      ],
    },
  };
  return { input, names: new Map(first.map((row, i) => [placeOf(row), ids[i]!])) };
}

function countFailed(
  runId: string,
  counts: readonly ImportedCount[],
): ComparisonInput['unverified'][number][] {
  const splits = [...new Set(counts.map(({ split }) => split))];
  return splits.map((split) => {
    const own = counts.filter((row) => row.split === split);
    const unverifiable = own.reduce((sum, { failed }) => sum + failed, 0);
    const answers = own.reduce((sum, { n }) => sum + n, unverifiable);
    return { runId, split, answers, unverifiable, malformed: 0 };
  });
}

/** Whether any score is other than 0 and 1. */
export function isGraded({ arms }: PairedArms): boolean {
  return arms.some(({ runs }) => runs.some(({ counts }) => counts.some(({ isBinary }) => !isBinary)));
}

/** The splits that all arms have. */
export function listSplits({ arms }: PairedArms): string[] {
  return [...new Set(arms[0]!.runs[0]!.counts.map(({ split }) => split))].sort(compareSplits);
}

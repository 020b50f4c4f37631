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
import { pairArms } from './pair-arms.ts';

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
  readonly arms: readonly ImportedArm[];
  /** Absent: none is told. */
  readonly noise?: RunNoise;
  /** What the sources tell of themselves that a reader has to know. */
  readonly notices: readonly string[];
  /** A few texts of an arm's runs, for the page. */
  readonly samples: readonly ImportedSample[];
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

/** An id of each problem that no other has: what its source calls it, with a part of its key where that is not enough. */
function nameProblems(counts: readonly ImportedCount[]): ReadonlyMap<string, string> {
  const times = new Map<string, number>();
  for (const { split, sourceId } of counts) {
    const name = JSON.stringify([split, sourceId]);
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return new Map(
    counts.map(({ split, key, sourceId }) => {
      const isUnique = times.get(JSON.stringify([split, sourceId])) === 1;
      return [JSON.stringify([split, key]), isUnique ? sourceId : `${sourceId} ${key.slice(0, 8)}`];
    }),
  );
}

function toEvaluation(runId: string, row: ImportedCount, problemId: string): EvaluationCount {
  const { split, n, sum, tokens, target, answers, confidences, cluster, isBinary } = row;
  return {
    ...{ runId, split, step: 0, problemId, n, c: sum, tokens, answers, confidences },
    ...(cluster === null ? {} : { cluster }),
    ...(isBinary ? {} : { isGraded: true as const }),
    correctAnswer: target ?? '',
    formats: {},
  };
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

function toFinalSamples(
  samples: readonly ImportedSample[],
  names: ReadonlyMap<string, string>,
): FinalSample[] {
  return samples.flatMap(({ arm, split, key, prompt, completion, target, verdict }) => {
    const problemId = names.get(JSON.stringify([split, key]));
    if (problemId === undefined) return [];
    return [{ runId: runIdOf(arm, 0), phase: split, problemId, prompt, completion, answer: target, verdict }];
  });
}

/**
 * Imported arms as the rows that a report is made from: an arm is a condition, its runs have seeds and no base models.
 *
 * @throws IncomparableError when the arms have no problem in common
 */
export function toComparisonInput(asked: ImportedComparison): ComparisonInput {
  const { name, question, fingerprint, baseline, hypotheses } = asked;
  const { arms, population, notices } = pairArms(asked.arms);
  const names = nameProblems(arms[0]!.runs[0]!.counts);
  const settings = differing(arms);
  const evaluations = arms.flatMap((arm) =>
    arm.runs.flatMap(({ counts }, run) =>
      counts.map((row) =>
        toEvaluation(runIdOf(arm.name, run), row, names.get(JSON.stringify([row.split, row.key]))!),
      ),
    ),
  );
  return {
    experiment: { name, question, fingerprint, baseline, source: null, hypotheses, checks: {} },
    lock: null,
    conditions: arms.map((arm, i) => ({
      ...{
        name: arm.name,
        isControl: arm.name === baseline,
        schemeName: arm.name,
        fixedProblems: null,
        fingerprint,
      },
      ...{ settings: settings[i]!, baseModelId: '' },
    })),
    runs: arms.flatMap((arm) => arm.runs.map(({ seed }, run) => toRun(arm.name, run, seed!))),
    evaluations,
    unverified: arms.flatMap((arm) =>
      arm.runs.flatMap(({ counts }, run) => countFailed(runIdOf(arm.name, run), counts)),
    ),
    ...{ baseModels: [], metrics: [], stepTokens: [], ledger: [], uncountedRuns: [], probeScores: [] },
    ...{ forcedFormats: [], temperatures: [], rewardByVerdict: [], answers: [], rollouts: [] },
    finalSamples: toFinalSamples(asked.samples, names),
    imported: {
      sources: arms.flatMap(({ sources }) => sources),
      population,
      alpha: IMPORT_ALPHA,
      ...(asked.noise === undefined ? {} : { noise: asked.noise }),
      isGraded: evaluations.some((row) => row.isGraded === true),
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

/** The splits that all arms have, and whether any score is other than 0 and 1. */
export function listPairedSplits(arms: readonly ImportedArm[]): { splits: string[]; isGraded: boolean } {
  const { arms: paired } = pairArms(arms);
  const counts = paired.flatMap(({ runs }) => runs.flatMap((run) => run.counts));
  return {
    splits: [...new Set(counts.map(({ split }) => split))].sort(compareSplits),
    isGraded: counts.some(({ isBinary }) => !isBinary),
  };
}

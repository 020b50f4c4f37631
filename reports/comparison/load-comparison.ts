import { toFloats, toInts } from '../../db/blobs.ts';
import { listLastRollouts, type RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { findBaseModel } from '../../db/queries/base-models.ts';
import type { Database } from '../../db/store/connection.ts';
import { findExperiment, listConditions, type ConditionRow } from '../../db/queries/experiments.ts';
import { listLedgerTotals, listUncountedRuns } from '../../db/queries/ledger.ts';
import {
  listEvaluatedProblems,
  listProgress,
  listRewardsByVerdict,
  listStepTokens,
  listUnverifiedCounts,
  readTransaction,
} from '../../db/queries/report-queries.ts';
import { listTemperatureGrids } from '../../db/queries/temperatures.ts';
import { listAnswerCounts } from '../../db/queries/judgements.ts';
import { listProbeScores } from '../../db/queries/probe-scores.ts';
import { listRuns, type RunWithCondition } from '../../db/queries/runs.ts';
import { listMetrics } from '../../db/queries/steps.ts';
import type { DataSource } from '../../config/chain.ts';
import type { Check } from '../../config/check.ts';
import type { Hypothesis } from '../../config/hypothesis.ts';
import { readStoredRecipe } from '../../config/stored-condition.ts';
import type {
  BaseModelRecord,
  ComparisonInput,
  RunRecord,
  SampleRollout,
  TokenTrace,
} from './comparison-input.ts';
import { describeCorpus } from './describe-corpus.ts';
import { flattenDetails } from './flatten-details.ts';
import { readForcedFormats } from './forced-formats.ts';
import { groupRows } from './group-rows.ts';
import { loadLock } from './lock-record.ts';

/** Problems whose rollouts are shown, per phase of one run of each condition. */
const SHOWN_PROBLEMS = 4;

function loadBaseModel(db: Database, id: string): BaseModelRecord | null {
  const row = findBaseModel(db, id);
  if (row === null) return null;
  const recipe = readStoredRecipe((JSON.parse(row.plan) as { recipe: unknown }).recipe);
  const occurrences = Object.values(JSON.parse(row.leak) as Record<string, number>);
  const { layers, hiddenSize } = recipe.architecture;
  return {
    id,
    name: row.name,
    weightsSha256: row.weights.sha256,
    leak:
      occurrences.length === 0
        ? null
        : {
            problems: occurrences.length,
            occurrences: occurrences.reduce((sum, times) => sum + times, 0),
          },
    details: {
      architecture: `${layers} layers, width ${hiddenSize}`,
      'corpus tokens': String(row.tokens),
      ...describeCorpus(recipe),
      'pretraining steps': String(recipe.steps),
      ...(row.flops === null ? {} : { 'pretraining FLOPs': row.flops.toExponential(2) }),
    },
  };
}

function toRunRecord(run: RunWithCondition, progress: ReturnType<typeof listProgress>): RunRecord {
  const { stepsDone, weightsSha256, machines } = progress.get(run.id)!;
  return {
    id: run.id,
    condition: run.conditionName,
    baseSeed: run.baseSeed,
    seed: run.seed,
    hasSharedDraws: run.streamSeed === null,
    status: run.status,
    stepsDone,
    checkpointSha256: weightsSha256,
    failure: run.failureMessage === null ? null : `${run.failureType ?? 'Error'}: ${run.failureMessage}`,
    sources: run.sources,
    machines,
    provenance: run.provenance === null ? {} : flattenDetails(JSON.parse(run.provenance)),
  };
}

/** What each token adds to the rollout's text, '' where it adds none (db/rollout-schema.ts says how a row tells). */
function splitTokens({ text, isTruncated, tokenEnds }: RolloutWithVerdict): string[] {
  if (tokenEnds !== null) {
    const ends = toInts(tokenEnds);
    return Array.from(ends, (end, i) => text.slice(ends[i - 1] ?? 0, end));
  }
  return isTruncated ? [...text] : [...text, ''];
}

/** How a token without text is shown: the end token, or one within. */
const END_MARK = '∎';
const TEXTLESS_MARK = '◦';

/** Null where the row does not tell its tokens apart, as one of an older store with a special token inside may not. */
function traceTokens(row: RolloutWithVerdict): TokenTrace[] | null {
  const pieces = splitTokens(row);
  if (pieces.length !== row.tokenCount) return null;
  const entropies = toFloats(row.entropies);
  const [credit, weights] = [row.credit, row.tokenWeights].map((blob) =>
    blob === null ? null : toFloats(blob),
  );
  const columns = [entropies, credit, weights];
  if (columns.some((column) => column && column.length !== row.tokenCount)) return null;
  const markOf = (i: number): string =>
    i === row.tokenCount - 1 && !row.isTruncated ? END_MARK : TEXTLESS_MARK;
  return pieces.map((piece, i) => ({
    text: piece === '' ? markOf(i) : piece,
    entropy: entropies[i]!,
    credit: credit?.[i] ?? null,
    weight: weights?.[i] ?? null,
  }));
}

/** Rollouts of each condition's completed run with the lowest seed: its last training step, and its final clean ones. */
function loadSampleRollouts(db: Database, runs: readonly RunWithCondition[]): SampleRollout[] {
  const shown = new Map<string, RunWithCondition>();
  for (const run of runs) {
    if (run.status === 'completed' && !shown.has(run.conditionName)) shown.set(run.conditionName, run);
  }
  return [...shown.values()].flatMap((run) =>
    ['train', 'clean', 'contaminated'].flatMap((phase) =>
      listLastRollouts(db, { runId: run.reusedRunId ?? run.id, phase, limit: SHOWN_PROBLEMS }).map((row) => ({
        runId: run.id,
        phase,
        step: row.step,
        problemId: row.problemKey,
        prompt: row.prompt,
        answer: row.answer,
        completion: row.text,
        tokens: traceTokens(row),
        verdict: row.verdict.outcome,
        reward: row.reward,
      })),
    ),
  );
}

/** Scores are recorded under the run that computed them; a run that reuses it has them as well. */
function loadProbeScores(db: Database, runs: readonly RunWithCondition[]): ComparisonInput['probeScores'] {
  const recordedBy = (run: RunWithCondition): string => run.reusedRunId ?? run.id;
  const rows = groupRows(listProbeScores(db, runs.map(recordedBy)), ({ runId }) => runId);
  return runs.flatMap((run) => (rows.get(recordedBy(run)) ?? []).map((row) => ({ ...row, runId: run.id })));
}

/** Whether a condition's runs are evaluated and compared: those that collect are not. */
function isArm({ settings }: ConditionRow): boolean {
  return (JSON.parse(settings) as { readonly collect?: unknown }).collect === undefined;
}

function schemeNameOf(condition: ConditionRow): string {
  return (JSON.parse(condition.settings) as { scheme: { name: string } }).scheme.name;
}

function fixedProblemsOf(condition: ConditionRow): number | null {
  // As stored: earlier versions named the problems that are taken in the training plan, those before pools had neither.
  const { training, data } = JSON.parse(condition.settings) as {
    training: { readonly pool?: number | null; readonly examples?: { readonly count: number } | null };
    data?: DataSource;
  };
  const taken = data?.from === 'dataset' ? data.take : training.examples?.count;
  const { pool = null } = training;
  return pool === null ? null : (taken ?? pool);
}

/**
 * Everything a report needs about one experiment, as plain rows.
 *
 * @param nameOrId the experiment's name (the newest of that name) or the beginning of its id
 * @throws {UnknownExperimentError}
 */
export function loadComparison(db: Database, nameOrId: string): ComparisonInput {
  return readTransaction(db, (tx) => loadRows(tx, nameOrId));
}

function loadRows(db: Database, nameOrId: string): ComparisonInput {
  const { id, name, question, baseline, source, hypotheses, checks } = findExperiment(db, nameOrId);
  // Runs that collect are not compared; what they spent stands with those that take from them.
  const conditions = listConditions(db, id).filter(isArm);
  const armIds = new Set(conditions.map((condition) => condition.id));
  const runs = listRuns(db, id).filter(({ conditionId }) => armIds.has(conditionId));
  const runIds = new Set(runs.map((run) => run.id));
  const ofArms = <Row extends { readonly runId: string }>(rows: readonly Row[]): Row[] =>
    rows.filter(({ runId }) => runIds.has(runId));
  const progress = listProgress(db, id);
  const evaluated = listEvaluatedProblems(db, id);
  const probeScores = loadProbeScores(db, runs);
  const baseModelIds = [...new Set(runs.map((run) => run.baseModelId))];
  return {
    experiment: {
      name,
      question,
      baseline,
      source,
      hypotheses: JSON.parse(hypotheses) as Hypothesis[],
      checks: JSON.parse(checks) as Record<string, Check>,
      fingerprint: id,
    },
    lock: loadLock(db, id, { runs }),
    conditions: conditions.map((condition) => ({
      name: condition.name,
      isControl: condition.isControl,
      schemeName: schemeNameOf(condition),
      fixedProblems: fixedProblemsOf(condition),
      fingerprint: condition.id,
      baseModelId: runs.find((run) => run.conditionId === condition.id)?.baseModelId ?? '',
    })),
    baseModels: baseModelIds.flatMap((baseModelId) => loadBaseModel(db, baseModelId) ?? []),
    runs: runs.map((run) => toRunRecord(run, progress)),
    evaluations: evaluated.map(
      ({ problemKey, problemIndex: _, answer, answers, formats, confidences, ...row }) => ({
        ...row,
        problemId: problemKey,
        correctAnswer: answer,
        answers: JSON.parse(answers) as Record<string, number>,
        formats: JSON.parse(formats) as Record<string, { n: number; c: number }>,
        confidences:
          confidences === null ? null : (JSON.parse(confidences) as Record<string, { n: number; c: number }>),
      }),
    ),
    unverified: ofArms(listUnverifiedCounts(db, id)),
    metrics: ofArms(listMetrics(db, id)),
    stepTokens: ofArms(listStepTokens(db, id)),
    ledger: ofArms(listLedgerTotals(db, id)),
    uncountedRuns: listUncountedRuns(db, id).filter((runId) => runIds.has(runId)),
    probeScores,
    forcedFormats: readForcedFormats(probeScores, evaluated),
    temperatures: ofArms(listTemperatureGrids(db, id)).map(({ problemKey, ...row }) => ({
      ...row,
      problemId: problemKey,
    })),
    rewardByVerdict: listRewardsByVerdict(db, id),
    answers: ofArms(listAnswerCounts(db, { experimentId: id })),
    rollouts: loadSampleRollouts(db, runs),
  };
}

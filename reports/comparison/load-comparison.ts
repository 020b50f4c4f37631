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
import type { BaseModelRecord, ComparisonInput, RunRecord } from './comparison-input.ts';
import { describeCorpus } from './describe-corpus.ts';
import { differingSettings } from './differing-settings.ts';
import { compareSplits } from './final-counts.ts';
import { flattenDetails } from './flatten-details.ts';
import { readForcedFormats } from './forced-formats.ts';
import { groupRows } from './group-rows.ts';
import { loadFinalSamples, loadSampleRollouts } from './load-samples.ts';
import { loadLock } from './lock-record.ts';

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
  const settings = differingSettings(conditions.map((one) => JSON.parse(one.settings) as unknown));
  const splits = [...new Set(evaluated.map(({ split }) => split))].sort(compareSplits);
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
    conditions: conditions.map((condition, i) => ({
      name: condition.name,
      isControl: condition.isControl,
      schemeName: schemeNameOf(condition),
      fixedProblems: fixedProblemsOf(condition),
      fingerprint: condition.id,
      settings: settings[i]!,
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
    finalSamples: splits.slice(0, 1).flatMap((split) => loadFinalSamples(db, { runs, split })),
  };
}

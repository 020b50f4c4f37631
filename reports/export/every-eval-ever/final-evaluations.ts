import type { Database } from '../../../db/store/connection.ts';
import {
  listAnsweredProblems,
  listEvaluationExtents,
  type AnsweredProblem,
} from '../../../db/queries/evaluations.ts';
import { listProgress } from '../../../db/queries/report-queries.ts';
import { listRollouts, type RolloutWithVerdict } from '../../../db/queries/rollouts.ts';
import { listRuns, type RunWithCondition } from '../../../db/queries/runs.ts';
import { listChosenTemperatures } from '../../../db/queries/temperatures.ts';
import { compareSplits } from '../../comparison/final-counts.ts';
import { groupRows } from '../../comparison/group-rows.ts';
import { reportedKs } from '../../tables/pass-at-k-table.ts';

/** A problem of a final evaluation, with those of its samples that the store has as text. */
export interface EvaluatedSample extends AnsweredProblem {
  readonly kept: readonly RolloutWithVerdict[];
}

export interface SplitResult {
  readonly split: string;
  readonly samples: readonly EvaluatedSample[];
}

/** The final evaluation of one run's policy. */
export interface FinalEvaluation {
  readonly experiment: { readonly id: string; readonly name: string };
  readonly run: RunWithCondition;
  /** Hash of the policy's weights; null where it is the base model itself. */
  readonly weightsSha256: string | null;
  /** Null where the store does not tell. */
  readonly temperature: number | null;
  /** The k of its pass@k: powers of two up to the fewest samples of a problem, at most 64. */
  readonly ks: readonly number[];
  readonly splits: readonly SplitResult[];
}

function loadSplit(db: Database, at: { runId: string; step: number; split: string }): SplitResult {
  const texts = listRollouts(db, { runId: at.runId, phase: at.split, step: at.step });
  const kept = groupRows(texts, ({ problemIndex }) => String(problemIndex));
  const samples = listAnsweredProblems(db, at).map((row) => ({
    ...row,
    kept: kept.get(String(row.problemIndex)) ?? [],
  }));
  return { split: at.split, samples };
}

function findTemperature(db: Database, run: RunWithCondition): number | null {
  const chosen = listChosenTemperatures(db, run.reusedRunId ?? run.id).find(
    ({ step }) => step === run.totalSteps,
  );
  if (chosen !== undefined) return chosen.temperature;
  const { evaluation } = JSON.parse(run.settings) as { readonly evaluation?: { temperature?: unknown } };
  return typeof evaluation?.temperature === 'number' ? evaluation.temperature : null;
}

function loadRun(
  db: Database,
  run: RunWithCondition,
): Pick<FinalEvaluation, 'run' | 'ks' | 'splits' | 'temperature'> {
  const runId = run.reusedRunId ?? run.id;
  const splits = listEvaluationExtents(db, runId)
    .filter(({ step }) => step === run.totalSteps)
    .map(({ step, split }) => loadSplit(db, { runId, step, split }))
    .filter(({ samples }) => samples.every(({ n }) => n > 0))
    .sort((a, b) => compareSplits(a.split, b.split));
  const ks = reportedKs([{ counts: splits.map(({ samples }) => samples) }]);
  return { run, ks, splits, temperature: findTemperature(db, run) };
}

/** The final evaluations of an experiment's completed runs, by condition and seeds; of each, splits whose problems all have a verdict. */
export function* loadFinalEvaluations(
  db: Database,
  { id, name }: { readonly id: string; readonly name: string },
): Generator<FinalEvaluation> {
  const progress = listProgress(db, id);
  for (const run of listRuns(db, id)) {
    if (run.status !== 'completed') continue;
    const evaluated = loadRun(db, run);
    if (evaluated.splits.length === 0) continue;
    const weightsSha256 = progress.get(run.id)?.weightsSha256 ?? null;
    yield { experiment: { id, name }, weightsSha256, ...evaluated };
  }
}

import type { Database } from '../../db/store/connection.ts';
import { listEvaluations } from '../../db/queries/evaluations.ts';
import { listChosenTemperatures, listGridCounts } from '../../db/queries/temperatures.ts';
import { findBaseModel } from '../../db/queries/base-models.ts';
import { listAnswerCounts } from '../../db/queries/judgements.ts';
import { findDataset } from '../../db/queries/datasets.ts';
import { listRunInputs } from '../../db/queries/run-inputs.ts';
import { listRunTotals } from '../../db/queries/ledger.ts';
import { listLastEvaluated, listRollouts } from '../../db/queries/rollouts.ts';
import { findRun } from '../../db/queries/runs.ts';
import { listStepMetrics, nextStepOf } from '../../db/queries/steps.ts';
import { estimateAccuracy } from './run-accuracy.ts';
import { meanOverProblems, passAtK } from '../../stats/pass-at-k/pass-at-k.ts';

/** What of a run is shown. */
export interface ShownPart {
  /** Training step to look at; the last recorded one when left out. */
  readonly step?: number;
  readonly samples: number;
  /** Evaluation split whose rollouts are shown, of its last evaluation; the training step's when left out. */
  readonly split?: string;
  /** Leave out what was verified as correct. */
  readonly incorrect?: boolean;
}

/** Rollouts of as many problems as there are, one of each before a second of any. */
export function spreadOverProblems<Row extends { readonly problemIndex: number }>(
  rows: readonly Row[],
  count: number,
): Row[] {
  const rounds: Row[][] = [];
  const seen = new Map<number, number>();
  for (const row of rows) {
    const round = seen.get(row.problemIndex) ?? 0;
    seen.set(row.problemIndex, round + 1);
    (rounds[round] ??= []).push(row);
  }
  return rounds.flat().slice(0, count);
}

/** Sample rollouts of a training step, or of a split's last evaluation. */
function collectSamples(
  db: Database,
  at: { readonly runId: string; readonly step: number },
  { samples, split, incorrect = false }: ShownPart,
) {
  const rows =
    split === undefined
      ? listRollouts(db, { ...at, phase: 'train' })
      : listLastEvaluated(db, { runId: at.runId, split });
  const shown = rows.filter(({ verdict }) => !incorrect || verdict.outcome !== 'correct');
  return spreadOverProblems(shown, samples).map(
    ({ prompt, text, answer, verdict, reward, advantage, format }) => ({
      prompt,
      text,
      answer,
      outcome: verdict.outcome,
      format,
      reward,
      advantage,
    }),
  );
}

function summarizeEvaluations(db: Database, runId: string) {
  const bySplit = new Map<string, { step: number; split: string; counts: { n: number; c: number }[] }>();
  for (const row of listEvaluations(db, [runId])) {
    const key = `${row.step}/${row.split}`;
    const entry = bySplit.get(key) ?? { step: row.step, split: row.split, counts: [] };
    entry.counts.push({ n: row.n, c: row.c });
    bySplit.set(key, entry);
  }
  return [...bySplit.values()].map(({ step, split, counts }) => ({
    step,
    split,
    problems: counts.length,
    passAt1: meanOverProblems(counts, 1, passAtK),
    interval: intervalOf(counts),
  }));
}

/** Over other problems; null where pass@1 is undefined. */
function intervalOf(counts: readonly { n: number; c: number }[]): { low: number; high: number } | null {
  if (counts.length === 0 || counts.some(({ n }) => n === 0)) return null;
  const { low, high } = estimateAccuracy(counts.map(({ n, c }) => c / n));
  return { low, high };
}

/** The temperatures chosen on dev, each with what it was chosen from. */
function summarizeTemperatures(db: Database, runId: string) {
  return listChosenTemperatures(db, runId).map(({ step, temperature }) => ({
    step,
    temperature,
    grid: [...listGridCounts(db, { runId, step })].map(([candidate, counts]) => ({
      temperature: candidate,
      passAt1: meanOverProblems(
        counts.filter(({ n }) => n > 0),
        1,
        passAtK,
      ),
    })),
  }));
}

/** What one run did, as far as it got: its facts, its evaluations, one of its steps and rollouts of that. */
export function collectRun(db: Database, runId: string, options: ShownPart) {
  const { settings, provenance, ...run } = findRun(db, runId);
  const recorded = run.reusedRunId ?? runId;
  const doneSteps = nextStepOf(db, recorded);
  const step = options.step ?? doneSteps - 1;
  const metrics = Object.fromEntries(
    listStepMetrics(db, { runId: recorded, step }).map((row) => [row.name, row.value]),
  );
  return {
    ...run,
    settings: JSON.parse(settings) as unknown,
    provenance: provenance === null ? null : (JSON.parse(provenance) as unknown),
    doneSteps,
    step,
    metrics,
    evaluations: summarizeEvaluations(db, recorded),
    temperatures: summarizeTemperatures(db, recorded),
    inputs: listRunInputs(db, recorded).map(({ role, inputRunId, sha256 }) => ({
      role,
      run: inputRunId,
      sha256,
    })),
    dataset: findDataset(db, recorded),
    ledger: listRunTotals(db, recorded).map(({ runId: _, ...total }) => total),
    baseModelFlops: findBaseModel(db, run.baseModelId)?.flops ?? null,
    answers: listAnswerCounts(db, { runId }).map(({ runId: _, ...answer }) => answer),
    samples: collectSamples(db, { runId: recorded, step }, options),
  };
}

export type CollectedRun = ReturnType<typeof collectRun>;

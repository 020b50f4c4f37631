import { eq } from 'drizzle-orm';
import type { TestContext } from 'node:test';
import { openDatabase, writeTransaction, type Database } from '../../db/store/connection.ts';
import { temporaryStorePath } from '../../db/example-store.fixture.ts';
import { recordEvaluations } from '../../db/queries/evaluations.ts';
import { registerExperiment, type Registration } from '../../db/queries/experiments.ts';
import { recordVerifiedRollouts } from '../../db/queries/rollouts.ts';
import { startRun } from '../../db/queries/runs.ts';
import { recordStep } from '../../db/queries/steps.ts';
import { runs, steps } from '../../db/schema.ts';

export const EXPERIMENT = { id: 'feedbead0123', name: 'sums' };
/** The run within its experiment. */
export const RUN_NAME = 'grpo/short/base-0/seed-3';
export const RUN = `${EXPERIMENT.id}/${RUN_NAME}`;
const FINISHED_AT = '2026-01-02T03:04:05.678Z';

/** When step `step` was recorded. */
const timeOfStep = (step: number): string => `2026-01-02T03:00:0${step}.000Z`;

const settings = {
  task: { family: 'arithmetic', operations: 2 },
  scheme: { name: 'grpo' },
  training: { maxNewTokens: 12 },
  evaluation: { devProblems: 2, temperature: 1 },
};

/** An experiment of one run, which takes two steps. */
function describeExperiment(id: string, name: string): Registration {
  const texts = { question: 'Which?', baseline: 'grpo/short', source: null, hypotheses: '[]', checks: '{}' };
  const text = JSON.stringify(settings);
  const seeds = { baseSeed: 0, seed: 3, streamSeed: 9 };
  return {
    experiment: { id, name, ...texts },
    conditions: [{ id: 'c1', name: 'grpo/short', position: 0, isControl: false, settings: text }],
    runs: [{ id: `${id}/${RUN_NAME}`, conditionId: 'c1', baseModelId: 'b1', ...seeds, totalSteps: 2 }],
  };
}

/** A store with one run under way, of which no step is recorded yet. */
export function openExportedStore(t: TestContext): Database {
  const db = openDatabase(temporaryStorePath(t));
  registerExperiment(db, describeExperiment(EXPERIMENT.id, EXPERIMENT.name));
  const provenance = JSON.stringify({ revision: 'abc123', versions: { assay: '0.1.0' } });
  startRun(db, RUN, { provenance, sources: null });
  return db;
}

/** Another experiment with the same condition and seeds: it takes the completed run over. */
export function registerReusing(db: Database, id: string): void {
  registerExperiment(db, describeExperiment(id, 'sums-again'));
}

/** Step `step` with its loss, and its reward of a quarter more each step. */
export function recordCurveStep(db: Database, step: number): void {
  writeTransaction(db, (tx) => {
    const values = { 'loss/policy': 0.5 - step, 'reward/mean': (step + 1) / 4 };
    recordStep(tx, { runId: RUN, step, rollouts: 8, tokens: 40 }, values);
    tx.update(steps)
      .set({ recordedAt: timeOfStep(step) })
      .where(eq(steps.step, step))
      .run();
  });
}

const problemOf = (split: string, index: number) => ({
  ...{ task: 'arithmetic', split, key: `${split}-${index}`, prompt: `${index}+é=` },
  answer: String(index),
});

/** Counts of one problem of an evaluation. */
export function recordCounts(
  db: Database,
  at: { readonly step: number; readonly split: string; readonly problemIndex: number },
  counts: { readonly n: number; readonly c: number },
): void {
  const others = { malformed: 0, unverifiable: 0, tokens: 20, answers: '{}', formats: '{}' };
  const row = { runId: RUN, ...at, ...counts, ...others, confidences: null };
  writeTransaction(db, (tx) =>
    recordEvaluations(tx, [{ problem: problemOf(at.split, at.problemIndex), counts: row }]),
  );
}

/** Two kept samples of the first problem of the final clean evaluation: one right, one without an answer. */
function recordKeptSamples(db: Database): void {
  const place = { runId: RUN, phase: 'clean', step: 2 };
  const empty = Buffer.alloc(0);
  const records = ['#0', 'x'].map((text, sampleIndex) => ({
    problem: problemOf('clean', 0),
    rollout: {
      ...place,
      ...{ problemIndex: 0, sampleIndex, text, format: 'direct', tokenCount: 3, isTruncated: false },
      ...{ tokens: empty, tokenEnds: null, parentSample: null, forkAt: 0, units: null },
      ...{ logprobs: empty, entropies: empty },
    },
    verdict: {
      outcome: sampleIndex === 0 ? ('correct' as const) : ('malformed' as const),
      extractedAnswer: sampleIndex === 0 ? '0' : null,
      reason: null,
    },
  }));
  writeTransaction(db, (tx) => recordVerifiedRollouts(tx, place, records));
}

/** The final evaluation: 1 and 4 right of 4 on clean; 0 of 4 on contaminated. Then the run's end. */
export function completeRun(db: Database): void {
  recordCounts(db, { step: 2, split: 'contaminated', problemIndex: 0 }, { n: 4, c: 0 });
  recordCounts(db, { step: 2, split: 'clean', problemIndex: 0 }, { n: 4, c: 1 });
  recordCounts(db, { step: 2, split: 'clean', problemIndex: 1 }, { n: 4, c: 4 });
  recordKeptSamples(db);
  db.update(runs).set({ status: 'completed', finishedAt: FINISHED_AT }).where(eq(runs.id, RUN)).run();
}

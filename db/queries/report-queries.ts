import { and, asc, avg, count, eq, isNotNull, ne, sql } from 'drizzle-orm';
import type { Database } from '../store/connection.ts';
import { recordedRunId } from './runs.ts';
import { evaluations, problems, rollouts, verdicts } from '../rollout-schema.ts';
import { artifacts, checkpoints, runs, steps } from '../schema.ts';

/** Runs queries on one snapshot, so that a report made while workers write does not mix two states. */
export function readTransaction<Result>(db: Database, body: (tx: Database) => Result): Result {
  return db.transaction((tx) => body(tx as unknown as Database), { behavior: 'deferred' });
}

/** How far a run is, and with what its steps were computed. */
export interface RunProgress {
  readonly stepsDone: number;
  /** Of the last checkpoint's weights; null where there is none yet. */
  readonly weightsSha256: string | null;
  /** The kinds of machine that its steps name, as canonical JSON, sorted. */
  readonly machines: readonly string[];
}

/** Progress of an experiment's runs by their ids. */
export function listProgress(db: Database, experimentId: string): Map<string, RunProgress> {
  const done = db
    .select({ runId: runs.id, stepsDone: count(steps.step) })
    .from(runs)
    .leftJoin(steps, eq(steps.runId, recordedRunId))
    .where(eq(runs.experimentId, experimentId))
    .groupBy(runs.id)
    .all();
  const kept = db
    .select({ runId: runs.id, weightsSha256: artifacts.sha256 })
    .from(checkpoints)
    .innerJoin(runs, eq(recordedRunId, checkpoints.runId))
    .innerJoin(artifacts, eq(artifacts.path, checkpoints.weightsPath))
    .where(eq(runs.experimentId, experimentId))
    .orderBy(asc(checkpoints.step))
    .all();
  const last = new Map(kept.map((row) => [row.runId, row.weightsSha256]));
  const machines = new Map<string, string[]>();
  const named = db
    .selectDistinct({ runId: runs.id, machine: steps.machine })
    .from(runs)
    .innerJoin(steps, eq(steps.runId, recordedRunId))
    .where(and(eq(runs.experimentId, experimentId), isNotNull(steps.machine)))
    .orderBy(asc(steps.machine))
    .all();
  for (const { runId, machine } of named) machines.set(runId, [...(machines.get(runId) ?? []), machine!]);
  return new Map(
    done.map(({ runId, stepsDone }) => [
      runId,
      { stepsDone, weightsSha256: last.get(runId) ?? null, machines: machines.get(runId) ?? [] },
    ]),
  );
}

/** Tokens sampled in each training step of the experiment's runs, by run and step. */
export function listStepTokens(
  db: Database,
  experimentId: string,
): { runId: string; step: number; tokens: number }[] {
  return db
    .select({ runId: runs.id, step: steps.step, tokens: steps.tokens })
    .from(steps)
    .innerJoin(runs, eq(recordedRunId, steps.runId))
    .where(eq(runs.experimentId, experimentId))
    .orderBy(asc(runs.id), asc(steps.step))
    .all();
}

/** One problem's counts in one evaluation, with the problem itself. */
export interface EvaluatedProblemRow {
  readonly runId: string;
  readonly step: number;
  readonly split: string;
  readonly problemIndex: number;
  readonly problemKey: string;
  readonly answer: string;
  readonly n: number;
  readonly c: number;
  /** Completion tokens of all its samples. */
  readonly tokens: number;
  /** JSON: each extracted answer (empty text: none) → how many samples gave it. */
  readonly answers: string;
  /** JSON: each completion format → {n, c}. */
  readonly formats: string;
  /** JSON: each stated confidence (empty text: none) → {n, c}; null when no format states one. */
  readonly confidences: string | null;
}

export function listEvaluatedProblems(db: Database, experimentId: string): EvaluatedProblemRow[] {
  return db
    .select({
      runId: runs.id,
      step: evaluations.step,
      split: evaluations.split,
      problemIndex: evaluations.problemIndex,
      problemKey: problems.key,
      answer: problems.answer,
      n: evaluations.n,
      c: evaluations.c,
      tokens: evaluations.tokens,
      answers: evaluations.answers,
      formats: evaluations.formats,
      confidences: evaluations.confidences,
    })
    .from(evaluations)
    .innerJoin(runs, eq(recordedRunId, evaluations.runId))
    .innerJoin(problems, eq(problems.id, evaluations.problemId))
    .where(and(eq(runs.experimentId, experimentId), ne(evaluations.split, 'pool')))
    .orderBy(asc(runs.id), asc(evaluations.step), asc(evaluations.split), asc(evaluations.problemIndex))
    .all();
}

/** The run's rewarded training rollouts by true verdict: how many, and their mean reward. */
export function listRewardsByVerdict(
  db: Database,
  experimentId: string,
): { runId: string; verdict: string; rollouts: number; rewardMean: number }[] {
  return db
    .select({
      runId: runs.id,
      verdict: verdicts.outcome,
      rollouts: count(),
      rewardMean: avg(rollouts.reward).mapWith(Number),
    })
    .from(rollouts)
    .innerJoin(runs, eq(recordedRunId, rollouts.runId))
    .innerJoin(verdicts, eq(verdicts.rolloutId, rollouts.id))
    .where(and(eq(runs.experimentId, experimentId), eq(rollouts.phase, 'train'), isNotNull(rollouts.reward)))
    .groupBy(runs.id, verdicts.outcome)
    .orderBy(asc(runs.id), asc(verdicts.outcome))
    .all();
}

/** Answers of all evaluations of a run on one split, by what the verifier made of them. */
export interface UnverifiedCount {
  readonly runId: string;
  readonly split: string;
  readonly answers: number;
  /** Left out of n: the verifier could not decide. */
  readonly unverifiable: number;
  /** Counted as wrong: no readable final answer. */
  readonly malformed: number;
}

export function listUnverifiedCounts(db: Database, experimentId: string): UnverifiedCount[] {
  const { n, unverifiable, malformed, split } = evaluations;
  return db
    .select({
      runId: runs.id,
      split,
      answers: sql<number>`sum(${n} + ${unverifiable})`,
      unverifiable: sql<number>`sum(${unverifiable})`,
      malformed: sql<number>`sum(${malformed})`,
    })
    .from(evaluations)
    .innerJoin(runs, eq(recordedRunId, evaluations.runId))
    .where(and(eq(runs.experimentId, experimentId), ne(split, 'pool')))
    .groupBy(runs.id, split)
    .orderBy(asc(runs.id), asc(split))
    .all();
}

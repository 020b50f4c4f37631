import type { Database } from '../../db/store/connection.ts';
import {
  listAnsweredProblems,
  listEvaluationExtents,
  type EvaluationExtent,
} from '../../db/queries/evaluations.ts';
import { listPositions } from '../../db/queries/progress.ts';
import { findRun, type RunWithCondition } from '../../db/queries/runs.ts';
import { findStepTime, listStepsFrom } from '../../db/queries/steps.ts';
import { meanOverProblems, passAtK } from '../../stats/pass-at-k/pass-at-k.ts';

/** What a run recorded at one step, for stores of learning curves. */
export interface CurvePoint {
  /** Names the record: the same one has the same key however often, and by however many processes, it is read. */
  readonly key: string;
  readonly runId: string;
  /** The run within its experiment. */
  readonly name: string;
  /** Its condition. */
  readonly group: string;
  /** Of metrics the training step, from 0; of an evaluation the training steps behind the policy. */
  readonly step: number;
  /** When it was recorded, ISO 8601 in UTC. */
  readonly at: string;
  readonly values: Readonly<Record<string, number>>;
  /** What the run is; with the first point of each run only. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** How far one run was read. */
interface RunReading {
  nextStep: number;
  readonly evaluations: Set<string>;
  hasConfig: boolean;
  isComplete: boolean;
}

/** Reads what the experiment's runs recorded since the last call; at the first, all of it. */
export type CurveReader = () => Generator<CurvePoint>;

export function createCurveReader(db: Database, experimentId: string): CurveReader {
  const readings = new Map<string, RunReading>();
  return function* () {
    for (const { runId, doneSteps, status } of listPositions(db, experimentId)) {
      const reading = readings.get(runId) ?? {
        nextStep: 0,
        evaluations: new Set(),
        hasConfig: false,
        isComplete: false,
      };
      readings.set(runId, reading);
      if (reading.isComplete || (doneSteps === 0 && status !== 'completed')) continue;
      yield* readRun(db, findRun(db, runId), reading);
    }
  };
}

function* readRun(db: Database, run: RunWithCondition, reading: RunReading): Generator<CurvePoint> {
  for (const point of listNewPoints(db, run, reading)) {
    yield reading.hasConfig ? point : { ...point, config: describeRun(run) };
    reading.hasConfig = true;
  }
  reading.isComplete = run.status === 'completed';
}

function* listNewPoints(db: Database, run: RunWithCondition, reading: RunReading): Generator<CurvePoint> {
  const recordedId = run.reusedRunId ?? run.id;
  const named = { runId: run.id, name: nameOf(run), group: run.conditionName };
  for (const { step, recordedAt, values } of listStepsFrom(db, {
    runId: recordedId,
    from: reading.nextStep,
  })) {
    reading.nextStep = step + 1;
    yield { key: `${run.id}/step-${step}`, ...named, step, at: recordedAt, values };
  }
  for (const extent of listEvaluationExtents(db, recordedId)) {
    const key = `${run.id}/${extent.split}-${extent.step}`;
    if (reading.evaluations.has(key) || !isWhole(extent, run)) continue;
    reading.evaluations.add(key);
    const passAt1 = meanOverProblems(listAnsweredProblems(db, { runId: recordedId, ...extent }), 1, passAtK);
    if (passAt1 === null) continue;
    const values = { [`eval/${extent.split}/pass_at_1`]: passAt1 };
    yield { key, ...named, step: extent.step, at: timeOf(db, extent, run), values };
  }
}

/** Evaluations are recorded slice by slice: one on the way is whole with all its problems, a final one once its run is completed. */
function isWhole({ step, split, problems }: EvaluationExtent, run: RunWithCondition): boolean {
  if (run.status === 'completed') return true;
  const { evaluation } = JSON.parse(run.settings) as { readonly evaluation?: { devProblems?: number } };
  return split === 'dev' && step < run.totalSteps && problems === evaluation?.devProblems;
}

/** An evaluation records no time of its own: it has that of the step behind it, a final one that of the run's end. */
function timeOf(db: Database, { step }: EvaluationExtent, run: RunWithCondition): string {
  const recordedId = run.reusedRunId ?? run.id;
  const onTheWay = step < run.totalSteps ? findStepTime(db, { runId: recordedId, step: step - 1 }) : null;
  return (onTheWay ?? run.finishedAt ?? run.startedAt)!;
}

function nameOf({ conditionName, baseSeed, seed }: RunWithCondition): string {
  return `${conditionName}/base-${baseSeed}/seed-${seed}`;
}

function describeRun(run: RunWithCondition): Record<string, unknown> {
  const { id, experimentId, conditionName: condition, baseSeed, seed, totalSteps } = run;
  const settings = JSON.parse(run.settings) as Record<string, unknown>;
  return { run: id, experiment: experimentId, condition, baseSeed, seed, totalSteps, ...settings };
}

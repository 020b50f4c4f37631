import { listCheckpointsAt, toCheckpointRef } from '../../db/queries/artifacts.ts';
import { findBaseModel } from '../../db/queries/base-models.ts';
import { findDataset, listDatasetRows } from '../../db/queries/datasets.ts';
import { findPoint, type RunWithCondition } from '../../db/queries/runs.ts';
import type { Database } from '../../db/store/connection.ts';
import { listInputSources, type InputSource, type RecordedData } from '../../config/chain.ts';
import type { Condition } from '../../config/experiment.ts';
import type { CheckpointRef, DatasetInput, RolloutsInput, RunInputs, RunPlan } from '../../config/plan.ts';
import type { ProblemRow } from '../../datasets/collector.ts';
import { pickRows } from './pick-rows.ts';
import { conditionOf } from './run-context.ts';

/** Whether a run can start: at once, later, or never, because a run that it takes from did not complete. */
export type Readiness =
  | { readonly kind: 'ready'; readonly inputs: RunInputs }
  | { readonly kind: 'waits' }
  | { readonly kind: 'orphaned'; readonly message: string };

/** What a run takes from is not there, or is not what it takes. */
export class InputMissingError extends Error {
  override readonly name = 'InputMissingError';
}

type PointOf = Pick<RunWithCondition, 'experimentId' | 'baseSeed' | 'seed' | 'streamSeed'>;
type FromDataset = Extract<RecordedData, { from: 'dataset' }>;

function findInputRun(db: Database, run: PointOf, source: InputSource): RunWithCondition | null {
  const { experimentId, seed } = run;
  const baseSeed = source.baseSeed ?? run.baseSeed;
  return findPoint(db, { experimentId, conditionId: source.run, baseSeed, seed });
}

const streamSeedOf = (run: Pick<RunWithCondition, 'seed' | 'streamSeed'>): number =>
  run.streamSeed ?? run.seed;

const recordedBy = (run: RunWithCondition): string => run.reusedRunId ?? run.id;

/**
 * The final policy of a completed run.
 *
 * @throws {InputMissingError} when it has none, as a run that trained nothing
 */
export function finalPolicy(db: Database, run: RunWithCondition): CheckpointRef {
  const [row] = listCheckpointsAt(db, recordedBy(run), [run.totalSteps]);
  if (row === undefined)
    throw new InputMissingError(`${run.id} has trained no policy that another run could take`);
  return { weights: toCheckpointRef(db, row).weights, trainingState: null };
}

/**
 * The weights of a teacher: the final policy of a completed run, or its base model where it trains nothing.
 *
 * @throws {InputMissingError} when neither is there
 */
export function teacherPolicy(db: Database, run: RunWithCondition): CheckpointRef {
  if (conditionOf(run).scheme.isTrained) return finalPolicy(db, run);
  const base = findBaseModel(db, run.baseModelId);
  if (base === null) throw new InputMissingError(`base model ${run.baseModelId} of ${run.id} is not made`);
  return { weights: base.weights, trainingState: null };
}

/** @throws {InputMissingError} when the run has collected nothing */
function readDataset(
  db: Database,
  {
    run,
    data,
    reader,
  }: { readonly run: RunWithCondition; readonly data: FromDataset; readonly reader: PointOf },
): DatasetInput {
  const runId = recordedBy(run);
  const dataset = findDataset(db, runId);
  if (dataset === null || dataset.rows === 0)
    throw new InputMissingError(
      `${run.id} has collected ${dataset === null ? 'no dataset' : 'a dataset without rows'}`,
    );
  const { sha256, kind } = dataset;
  const places = pickRows(data, { rows: dataset.rows, seed: streamSeedOf(reader) });
  const slice = { from: Math.min(places[0]!, places.at(-1)!), rows: places.length };
  if (kind === 'rollouts') return { runId, sha256, problems: null, ...slice };
  const rows = listDatasetRows(db, runId, { from: 0, to: dataset.rows }) as ProblemRow[];
  const problems = places.map((place) => rows[place]!.poolIndex);
  return { runId, sha256, problems, poolOf: streamSeedOf(run), ...slice };
}

function takeData(
  db: Database,
  {
    run,
    data,
    reader,
  }: { readonly run: RunWithCondition; readonly data: RecordedData; readonly reader: PointOf },
): DatasetInput | RolloutsInput {
  if (data.from === 'dataset') return readDataset(db, { run, data, reader });
  const runId = recordedBy(run);
  // Either is made of all its rollouts.
  return { runId, sha256: findDataset(db, runId)?.sha256 ?? finalPolicy(db, run).weights.sha256 };
}

function takeInputs(
  db: Database,
  { reader, condition }: { readonly reader: PointOf; readonly condition: Condition },
  found: ReadonlyMap<InputSource['role'], RunWithCondition>,
): RunInputs {
  const policy = found.get('policy');
  const teacher = found.get('teacher');
  const data = found.get('data');
  return {
    ...(policy === undefined
      ? {}
      : { policy: { runId: recordedBy(policy), sha256: finalPolicy(db, policy).weights.sha256 } }),
    ...(teacher === undefined
      ? {}
      : {
          teacher: {
            runId: recordedBy(teacher),
            sha256: teacherPolicy(db, teacher).weights.sha256,
            architecture: conditionOf(teacher).base.architecture,
          },
        }),
    ...(data === undefined
      ? {}
      : { data: takeData(db, { run: data, data: condition.data as RecordedData, reader }) }),
  };
}

/** Finds the runs that a run takes from, and pins what they recorded. */
export function findInputs(db: Database, run: PointOf, condition: Condition): Readiness {
  const found = new Map<InputSource['role'], RunWithCondition>();
  for (const source of listInputSources(condition)) {
    const input = findInputRun(db, run, source);
    if (input?.status === 'pending' || input?.status === 'running') return { kind: 'waits' };
    if (input?.status !== 'completed') {
      const state =
        input === null ? `there is none of condition ${source.run}` : `${input.id} is ${input.status}`;
      return { kind: 'orphaned', message: `the run that it takes its ${source.role} from: ${state}` };
    }
    found.set(source.role, input);
  }
  try {
    return { kind: 'ready', inputs: takeInputs(db, { reader: run, condition }, found) };
  } catch (error) {
    if (!(error instanceof InputMissingError)) throw error;
    return { kind: 'orphaned', message: error.message };
  }
}

/** What describes a run whole. */
export function toRunPlan(run: RunWithCondition, condition: Condition, inputs: RunInputs): RunPlan {
  const { id: runId, experimentId, conditionName, baseModelId } = run;
  return { runId, experimentId, conditionName, seed: streamSeedOf(run), baseModelId, condition, inputs };
}

/**
 * The plan of a run whose rows are recorded, as it was when they were.
 *
 * @throws {InputMissingError} when what it took from is no longer there
 */
export function planOfRecorded(db: Database, run: RunWithCondition): RunPlan {
  const condition = conditionOf(run);
  const readiness = findInputs(db, run, condition);
  if (readiness.kind === 'ready') return toRunPlan(run, condition, readiness.inputs);
  const state =
    readiness.kind === 'waits' ? 'a run that it takes from is under way again' : readiness.message;
  throw new InputMissingError(`${run.id}: ${state}`);
}

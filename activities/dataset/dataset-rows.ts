import { listDatasetRows } from '../../db/queries/datasets.ts';
import type { Database } from '../../db/store/connection.ts';
import type { RolloutRow } from '../../datasets/collector.ts';
import type { DatasetInput, RunPlan } from '../../config/plan.ts';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import type { Problem } from '../../tasks/problem.ts';
import { addressOfSolution, trainProblems, type PromptPlace, type RunContext } from '../run/run-context.ts';

/** The dataset of rollouts that a run is trained on; null: its policy samples. */
export function rolloutsInput({ inputs }: Pick<RunPlan, 'inputs'>): DatasetInput | null {
  const { data } = inputs;
  return data !== undefined && 'problems' in data && data.problems === null ? data : null;
}

/** Whether a run is trained on rollouts that are given, of a dataset or worked solutions, instead of its policy's own. */
export function isGiven(plan: Pick<RunPlan, 'inputs' | 'condition'>): boolean {
  return plan.condition.data?.from === 'task' || rolloutsInput(plan) !== null;
}

/** A row of a dataset with its place in the step that learns from it. */
export interface PlacedRow {
  readonly row: RolloutRow;
  /** Number of its group in the step: consecutive rows of one prompt. */
  readonly problemIndex: number;
}

/**
 * The rows that a step learns from, promptsPerStep · groupSize of them: the dataset in its order, from its beginning again once it
 * is read.
 */
function listRowsOfStep(db: Database, plan: RunPlan, input: DatasetInput, step: number): PlacedRow[] {
  const { promptsPerStep, groupSize } = plan.condition.training;
  const wanted = promptsPerStep * groupSize;
  const rows: RolloutRow[] = [];
  for (let at = (step * wanted) % input.rows; rows.length < wanted; at = 0) {
    const to = Math.min(input.rows, at + wanted - rows.length);
    const range = { from: input.from + at, to: input.from + to };
    rows.push(...(listDatasetRows(db, input.runId, range) as RolloutRow[]));
  }
  return placeRows(rows);
}

/** As many worked solutions as a step reads rows of a dataset, each of a problem of its own. */
function listSolutionsOfStep({ plan, task }: RunContext, format: string, step: number): PlacedRow[] {
  const { promptsPerStep, groupSize } = plan.condition.training;
  const stream = deriveStream(plan.seed, 'solutions');
  return Array.from({ length: promptsPerStep * groupSize }, (_, position) => {
    const address = addressOfSolution(plan, { step, position });
    const problem = task.problem('train', address.seed, address.index);
    const completion = task.writeCompletion(problem, format, createGenerator(stream, step, position));
    const row = { step, problemIndex: position, sampleIndex: 0, outcome: 'correct' } as const;
    return { row: { ...row, ...address, prompt: problem.prompt, completion }, problemIndex: position };
  });
}

/** The rows that a step of a run learns from which is given rollouts; null: its policy samples. */
export function listGivenRows(db: Database, context: RunContext, step: number): PlacedRow[] | null {
  const { plan, task } = context;
  const { data } = plan.condition;
  if (data?.from === 'task') return listSolutionsOfStep(context, data.format ?? task.formats[0]!, step);
  const input = rolloutsInput(plan);
  return input === null ? null : listRowsOfStep(db, plan, input, step);
}

function placeRows(rows: readonly RolloutRow[]): PlacedRow[] {
  let problemIndex = -1;
  return rows.map((row, i) => {
    const before = rows[i - 1];
    const isSameGroup =
      before !== undefined &&
      before.step === row.step &&
      before.problemIndex === row.problemIndex &&
      before.sampleIndex < row.sampleIndex;
    if (!isSameGroup) problemIndex += 1;
    return { row, problemIndex };
  });
}

/** The problem of each group of a sampling round, by the group's number in the step. */
export function problemsOfRound(
  db: Database,
  context: RunContext,
  at: { readonly step: number; readonly round: number },
): ReadonlyMap<number, Problem> {
  const { plan, task } = context;
  const given = listGivenRows(db, context, at.step);
  if (given === null) {
    const first = at.round * plan.condition.training.promptsPerStep;
    return new Map(trainProblems(context, at).map((problem, position) => [first + position, problem]));
  }
  return new Map(
    given.map(({ row, problemIndex }) => [problemIndex, task.problem('train', row.seed, row.index)]),
  );
}

/** The sampling round that a group of a step belongs to. */
export function roundOf(plan: RunPlan, problemIndex: number): number {
  return isGiven(plan) ? 0 : Math.floor(problemIndex / plan.condition.training.promptsPerStep);
}

/** Where the prompt of a recorded rollout stood in its step. */
export function placeOfPrompt(
  plan: RunPlan,
  { step, problemIndex }: { readonly step: number; readonly problemIndex: number },
): PromptPlace {
  const position = problemIndex % plan.condition.training.promptsPerStep;
  return { step, round: roundOf(plan, problemIndex), position };
}

/** Groups that a step asks for: all of those that it is given. */
export function countWanted(plan: RunPlan): number {
  return isGiven(plan) ? Infinity : plan.condition.training.promptsPerStep;
}

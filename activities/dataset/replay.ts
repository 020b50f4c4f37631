import { listRollouts, type RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import type { Database } from '../../db/store/connection.ts';
import { gatherRollouts, type StoredRollout } from '../../rollouts/gather-rollouts.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import type { PolicyTokenizer } from '../../model/tokenizers/tokenizer.ts';
import { durable } from '../durable.ts';
import type { RunContext } from '../run/run-context.ts';
import { InputMissingError } from '../run/run-inputs.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { toStoredRollout } from '../step/stored-rollout.ts';
import { listGivenRows, rolloutsInput, type PlacedRow } from './dataset-rows.ts';
import { encodeRollouts } from '../step/rollout-file.ts';

export interface ReplayInput {
  readonly plan: ArtifactRef;
  readonly step: number;
}

type Point = Pick<RolloutWithVerdict, 'step' | 'problemIndex' | 'sampleIndex'>;

const pointOf = ({ step, problemIndex, sampleIndex }: Point): string =>
  `${step}/${problemIndex}/${sampleIndex}`;

/** The collecting run's rollouts that the rows tell of. */
function findSampled(db: Database, runId: string, rows: readonly PlacedRow[]): RolloutWithVerdict[] {
  const steps = [...new Set(rows.map(({ row }) => row.step))];
  const sampled = steps.flatMap((step) => listRollouts(db, { runId, phase: 'train', step }));
  const byPoint = new Map(sampled.map((rollout) => [pointOf(rollout), rollout]));
  return rows.map(({ row }) => {
    const found = byPoint.get(pointOf(row));
    if (found === undefined) throw new InputMissingError(`${runId} has no rollout ${pointOf(row)} any more`);
    return found;
  });
}

/** A written solution as a rollout. No model drew it: whoever wrote it was certain of each token, so logprobs and entropies are 0. */
function toRollout({ row, problemIndex }: PlacedRow, tokenizer: PolicyTokenizer): StoredRollout {
  const tokens = Int32Array.from([...tokenizer.encode(row.completion), tokenizer.endId]);
  const [logprobs, entropies] = [new Float32Array(tokens.length), new Float32Array(tokens.length)];
  const prompt = tokenizer.encode(row.prompt);
  return {
    prompt,
    tokens,
    logprobs,
    entropies,
    isFinished: true,
    group: problemIndex,
    parent: -1,
    forkAt: 0,
  };
}

/** The rollouts that a step is given: those that the dataset's run recorded, or solutions as they are written. */
function gatherGiven(db: Database, context: RunContext, rows: readonly PlacedRow[]): StoredRollout[] {
  const { plan, tokenizer } = context;
  const input = rolloutsInput(plan);
  if (input === null) return rows.map((row) => toRollout(row, tokenizer));
  const sampled = findSampled(db, input.runId, rows);
  return rows.map(({ row, problemIndex }, i) =>
    toStoredRollout(sampled[i]!, { prompt: tokenizer.encode(row.prompt), group: problemIndex }),
  );
}

/** Writes the rollouts that a step is given as if its policy had sampled them. */
export function createReplay({ db, artifacts, plans }: StoreDependencies) {
  return durable(async ({ plan: ref, step }: ReplayInput): Promise<ArtifactRef> => {
    const context = await plans.readRun(ref);
    const { plan, tokenizer } = context;
    const rows = listGivenRows(db, context, step);
    if (rows === null) throw new InputMissingError(`${plan.runId} is given no rollouts, its policy samples`);
    const rollouts = gatherGiven(db, context, rows);
    const path = `runs/${plan.runId}/step-${step}/rollouts-0-{sha}.safetensors`;
    return artifacts.write(path, encodeRollouts(gatherRollouts(rollouts, tokenizer.padId)));
  });
}

import { toBlob } from '../../db/blobs.ts';
import { listRollouts, type RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import type { Database } from '../../db/store/connection.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import type { PolicyTokenizer } from '../../model/tokenizers/tokenizer.ts';
import { durable } from '../durable.ts';
import type { RunContext } from '../run/run-context.ts';
import { InputMissingError } from '../run/run-inputs.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { gatherRollouts, type GatheredRow } from '../step/gather-rollouts.ts';
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

/** A written solution as a stored rollout. No model drew it: whoever wrote it was certain of each token, so logprobs and entropies are 0. */
function toStored({ row }: PlacedRow, tokenizer: PolicyTokenizer): GatheredRow {
  const tokens = Int32Array.from([...tokenizer.encode(row.completion), tokenizer.endId]);
  const zeros = toBlob(new Float32Array(tokens.length));
  const stored = { tokens: toBlob(tokens), logprobs: zeros, entropies: zeros };
  return { ...stored, isTruncated: false, parentSample: null, forkAt: 0 };
}

/** The rollouts that a step is given: those that the dataset's run recorded, or solutions as they are written. */
function listGiven(
  db: Database,
  { plan, tokenizer }: RunContext,
  rows: readonly PlacedRow[],
): readonly GatheredRow[] {
  const input = rolloutsInput(plan);
  return input === null ? rows.map((row) => toStored(row, tokenizer)) : findSampled(db, input.runId, rows);
}

/** Writes the rollouts that a step is given as if its policy had sampled them. */
export function createReplay({ db, artifacts, plans }: StoreDependencies) {
  return durable(async ({ plan: ref, step }: ReplayInput): Promise<ArtifactRef> => {
    const context = await plans.readRun(ref);
    const { plan, tokenizer } = context;
    const rows = listGivenRows(db, context, step);
    if (rows === null) throw new InputMissingError(`${plan.runId} is given no rollouts, its policy samples`);
    const rollouts = gatherRollouts(listGiven(db, context, rows), {
      prompts: rows.map(({ row }) => tokenizer.encode(row.prompt)),
      groups: rows.map(({ problemIndex }) => problemIndex),
      padId: tokenizer.padId,
    });
    const path = `runs/${plan.runId}/step-${step}/rollouts-0-{sha}.safetensors`;
    return artifacts.write(path, encodeRollouts(rollouts));
  });
}

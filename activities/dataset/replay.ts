import { listRollouts, type RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import type { Database } from '../../db/store/connection.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import { durable } from '../durable.ts';
import { InputMissingError } from '../run/run-inputs.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { gatherRollouts } from '../step/gather-rollouts.ts';
import { listRowsOfStep, rolloutsInput, type PlacedRow } from './dataset-rows.ts';
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

/** Writes the rollouts of a dataset that a step learns from as if its policy had sampled them. */
export function createReplay({ db, artifacts, plans }: StoreDependencies) {
  return durable(async ({ plan: ref, step }: ReplayInput): Promise<ArtifactRef> => {
    const { plan, tokenizer } = await plans.readRun(ref);
    const input = rolloutsInput(plan);
    if (input === null) throw new InputMissingError(`${plan.runId} takes no rollouts from another run`);
    const rows = listRowsOfStep(db, plan, input, step);
    const sampled = findSampled(db, input.runId, rows);
    const rollouts = gatherRollouts(sampled, {
      prompts: rows.map(({ row }) => tokenizer.encode(row.prompt)),
      groups: rows.map(({ problemIndex }) => problemIndex),
      padId: tokenizer.padId,
    });
    const path = `runs/${plan.runId}/step-${step}/rollouts-0-{sha}.safetensors`;
    return artifacts.write(path, encodeRollouts(rollouts));
  });
}

import { deriveStream, uniformAt } from '../../random/streams.ts';
import type { Opened } from '../../config/part.ts';
import { sampleCompletions, type SampleCall } from '../../model/decoding/sampler.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { joinDraws } from '../../rollouts/shapes/join-draws.ts';
import type { Draw, RolloutShape } from '../../rollouts/shapes/shape.ts';

export interface ShapeCall {
  readonly shape: Opened<RolloutShape<object>>;
  /** Prompts as token ids, by the counter of their problem within the step. */
  readonly prompts: ReadonlyMap<number, Int32Array>;
  readonly groupSize: number;
  readonly seed: number;
  /** How completions are sampled, whatever they begin with. */
  readonly sampling: Omit<SampleCall, 'prompts' | 'counters' | 'forced'>;
}

/** Samples what a shape wants of each prompt, round by round; rows are in the order of problems and samples. */
export async function sampleShape(call: ShapeCall): Promise<RolloutBatch> {
  const { prompts, groupSize, sampling, seed } = call;
  const { part, options } = call.shape;
  const forks = deriveStream(seed, 'fork');
  let batch: RolloutBatch | null = null;
  let draws: readonly Draw[] = part.plan({ problems: [...prompts.keys()], groupSize }, options);
  for (let round = 1; draws.length > 0; round += 1) {
    const sampled = await sampleCompletions({
      ...sampling,
      prompts: draws.map(({ problem }) => prompts.get(problem)!),
      counters: draws,
      forced: draws.map(({ opening }) => opening?.tokens ?? null),
    });
    batch = joinDraws(batch, { draws, sampled }, sampling.padId);
    const uniform = (problem: number, i: number): number =>
      uniformAt(forks, sampling.step, problem, round, i);
    draws = part.next?.({ batch, round, uniform }, options) ?? [];
  }
  return batch!;
}

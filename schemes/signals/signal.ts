import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { Part } from '../../config/part.ts';

/** A number per token that credit rules choose or weigh tokens by, read from what was recorded. */
export interface Signal<Options extends object> extends Part<Options> {
  /**
   * @returns [N, T] float32; what stands at padding means nothing
   * @throws MissingColumnError when a column was not recorded
   */
  read(batch: RolloutBatch, options: Options): Float32Array;
}

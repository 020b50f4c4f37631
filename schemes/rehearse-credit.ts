import { createLineage, type RolloutBatch } from '../rollouts/rollout-batch.ts';
import { estimateCredit } from './credit/estimate-credit.ts';
import type { OpenScheme } from './open-scheme.ts';

/** Two rollouts of one prompt, of two tokens each and the first shared, with every column that a part can ask for. */
function createRehearsal(): RolloutBatch {
  const column = (): Float32Array => Float32Array.of(-0.1, -0.2, -0.3, -0.4);
  return {
    count: 2,
    promptLength: 1,
    completionLength: 2,
    tokens: Int32Array.of(0, 1, 2, 0, 2, 1),
    promptStarts: new Int32Array(2),
    completionLengths: Int32Array.of(2, 2),
    finished: Uint8Array.of(1, 1),
    groups: new Int32Array(2),
    authors: new Uint8Array(4),
    ...createLineage(2, 2),
    parents: Int32Array.of(-1, 0),
    forkAt: Int32Array.of(0, 1),
    perToken: {
      logprobs: column(),
      entropies: column(),
      disparities: column(),
      referenceLogprobs: column(),
      teacherLogprobs: column(),
      values: column(),
    },
    perRollout: {},
  };
}

/**
 * What goes wrong when a right and a wrong rollout are compared and credited under a scheme, such as rules in an order without effect or an
 * error in a part of one's own; null: nothing. Costs no time, and comes before any compute is spent.
 */
export function rehearseCredit({ comparisons, credit }: OpenScheme): string | null {
  try {
    estimateCredit(createRehearsal(), { rewards: [1, 0], counts: [true, true], comparisons, credit });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

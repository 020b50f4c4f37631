import * as tf from '@tensorflow/tfjs-core';
import { toWeights, type Policy } from '../model/policy.ts';
import { createMask, shiftTargets } from '../model/token-batch.ts';
import { takeInputs, type MicroBatch } from './micro-batches.ts';
import { replay } from './replay.ts';
import { scoreRows, type RowTensors } from './score-rows.ts';

/** A micro-batch's tokens as tensors, for the scores of its completion columns. */
export function createRowTensors({ tokens }: MicroBatch): RowTensors {
  return {
    ids: tf.tensor1d(takeInputs(tokens), 'int32'),
    targets: tf.tensor1d(shiftTargets(tokens, tokens.promptLength), 'int32'),
    mask: createMask(tokens.promptStarts, tokens.length - 1),
  };
}

/** Logprobs and entropies [n, T'] of a micro-batch's completions, without a gradient; padding means nothing. */
export function scoreMicroBatch(
  policy: Policy,
  part: MicroBatch,
  temperature: number,
): { logprobs: Float32Array; entropies: Float32Array } {
  const { config } = policy;
  const { ids, targets, mask } = createRowTensors(part);
  const outputs = replay(
    `scores ${JSON.stringify(config)} ${temperature}`,
    ([rowIds, rowTargets, rowMask, ...parameters]) => {
      const rows = { ids: rowIds as tf.Tensor1D, targets: rowTargets as tf.Tensor1D, mask: rowMask! };
      const scores = scoreRows(toWeights(config, parameters), rows, { config, temperature });
      return [scores.logprobs, scores.entropies];
    },
    [ids, targets, mask, ...policy.parameters],
  );
  const [logprobs, entropies] = outputs.map((tensor) => (tensor.dataSync() as Float32Array).slice());
  tf.dispose([...outputs, ids, targets, mask]);
  return { logprobs: logprobs!, entropies: entropies! };
}

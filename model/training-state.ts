import { CheckpointFormatError } from './checkpoint-format-error.ts';
import type { PolicyConfig } from './config.ts';
import { fromStoredTensors, toStoredTensors } from './policy.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';

/**
 * What training remembers between updates. Adam's part is one array per parameter, in the order and layout of the policy's
 * parameters.
 */
export interface OptimizerMoments {
  /** updates made so far */
  step: number;
  /** running means of the gradients, float32 */
  readonly first: readonly Float32Array[];
  /** running means of their squares, float32 */
  readonly second: readonly Float32Array[];
  /** the weight that an adaptive entropy bonus has come to, a float32 number; null before and without one */
  entropyCoefficient: number | null;
}

const FIRST = 'exp_avg.';
const SECOND = 'exp_avg_sq.';
const STEP = 'step';
const ENTROPY_COEFFICIENT = 'entropy_coefficient';

/** The moments as one safetensors file, under torch's names for them; same moments, same bytes. */
export function encodeTrainingState(config: PolicyConfig, moments: OptimizerMoments): Uint8Array {
  const { entropyCoefficient } = moments;
  const adapted =
    entropyCoefficient === null
      ? []
      : ([
          [ENTROPY_COEFFICIENT, { dtype: 'F32', shape: [1], values: Float32Array.of(entropyCoefficient) }],
        ] as const);
  return encodeSafetensors(
    new Map([
      ...toStoredTensors(config, moments.first, FIRST),
      ...toStoredTensors(config, moments.second, SECOND),
      [STEP, { dtype: 'I32', shape: [1], values: Int32Array.of(moments.step) }] as const,
      ...adapted,
    ]),
  );
}

/**
 * The inverse of `encodeTrainingState`.
 *
 * @throws CheckpointFormatError where the bytes are damaged or belong to another architecture
 */
export function decodeTrainingState(config: PolicyConfig, bytes: Uint8Array): OptimizerMoments {
  const stored = parseSafetensors(bytes);
  const step = stored.get(STEP);
  if (step?.dtype !== 'I32' || step.values.length !== 1) {
    throw new CheckpointFormatError(
      'the training state has no step; it was not written by encodeTrainingState',
    );
  }
  return {
    step: step.values[0]!,
    first: fromStoredTensors(config, stored, FIRST),
    second: fromStoredTensors(config, stored, SECOND),
    entropyCoefficient: stored.get(ENTROPY_COEFFICIENT)?.values[0] ?? null,
  };
}

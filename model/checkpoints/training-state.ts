import { CheckpointFormatError } from './checkpoint-format-error.ts';
import type { PolicyConfig } from '../network/config.ts';
import { toCriticConfig } from '../network/critic.ts';
import {
  createPolicyFromTensors,
  exportWeights,
  fromStoredTensors,
  toStoredTensors,
  type Policy,
} from '../network/policy.ts';
import { encodeSafetensors, parseSafetensors, type StoredTensors } from './safetensors.ts';

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

/** A critic and its optimizer's moments. */
export interface CriticState {
  readonly policy: Policy;
  readonly moments: OptimizerMoments;
}

/** Precedes the names of everything of the critic. */
const CRITIC = 'critic.';
const FIRST = 'exp_avg.';
const SECOND = 'exp_avg_sq.';
const STEP = 'step';
const ENTROPY_COEFFICIENT = 'entropy_coefficient';

function toMomentTensors(config: PolicyConfig, moments: OptimizerMoments): StoredTensors {
  const { step, entropyCoefficient } = moments;
  const adapted =
    entropyCoefficient === null
      ? []
      : ([
          [ENTROPY_COEFFICIENT, { dtype: 'F32', shape: [1], values: Float32Array.of(entropyCoefficient) }],
        ] as const);
  return new Map([
    ...toStoredTensors(config, moments.first, FIRST),
    ...toStoredTensors(config, moments.second, SECOND),
    [STEP, { dtype: 'I32', shape: [1], values: Int32Array.of(step) }] as const,
    ...adapted,
  ]);
}

function fromMomentTensors(config: PolicyConfig, stored: StoredTensors): OptimizerMoments {
  const step = stored.get(STEP);
  if (step?.dtype !== 'I32' || step.values.length !== 1) {
    throw new CheckpointFormatError(
      'the training state has no step; it was not written by encodeTrainingState',
    );
  }
  const coefficient = stored.get(ENTROPY_COEFFICIENT);
  return {
    step: step.values[0]!,
    first: fromStoredTensors(config, stored, FIRST),
    second: fromStoredTensors(config, stored, SECOND),
    entropyCoefficient: coefficient?.dtype === 'F32' ? coefficient.values[0]! : null,
  };
}

/** Those of `stored` whose names begin with `prefix`, without it. */
function cutPrefix(stored: StoredTensors, prefix: string): StoredTensors {
  const cut = [...stored].filter(([name]) => name.startsWith(prefix));
  return new Map(cut.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/**
 * The moments as one safetensors file, under torch's names for them, with the critic where the scheme trains one; same
 * moments, same bytes. The critic is no part of the policy, so `model.safetensors` stays what other tools open.
 */
export function encodeTrainingState(
  config: PolicyConfig,
  moments: OptimizerMoments,
  critic: CriticState | null = null,
): Uint8Array {
  const own = toMomentTensors(config, moments);
  if (critic === null) return encodeSafetensors(own);
  const parts = [
    ...exportWeights(critic.policy),
    ...toMomentTensors(critic.policy.config, critic.moments),
  ].map(([name, tensor]) => [CRITIC + name, tensor] as const);
  return encodeSafetensors(new Map([...own, ...parts]));
}

/**
 * The moments that `encodeTrainingState` wrote.
 *
 * @throws CheckpointFormatError where the bytes are damaged or belong to another architecture
 */
export function decodeTrainingState(config: PolicyConfig, bytes: Uint8Array): OptimizerMoments {
  return fromMomentTensors(config, parseSafetensors(bytes));
}

/**
 * The critic that `encodeTrainingState` wrote; null where there was none. The caller owns it.
 *
 * @throws CheckpointFormatError where the bytes are damaged or belong to another architecture
 */
export function decodeCritic(config: PolicyConfig, bytes: Uint8Array): CriticState | null {
  const parts = cutPrefix(parseSafetensors(bytes), CRITIC);
  if (parts.size === 0) return null;
  const criticConfig = toCriticConfig(config);
  const isMoment = (name: string): boolean =>
    name === STEP || name.startsWith(FIRST) || name.startsWith(SECOND);
  const weights = new Map([...parts].filter(([name]) => !isMoment(name)));
  return {
    policy: createPolicyFromTensors(criticConfig, weights),
    moments: fromMomentTensors(criticConfig, parts),
  };
}

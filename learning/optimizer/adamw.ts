import { readParameters, writeParameters, type Policy } from '../../model/network/policy.ts';
import type { OptimizerMoments } from '../../model/checkpoints/training-state.ts';

export interface AdamwOptions {
  /** decay rates of the two running means */
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  /** decoupled; applies to every parameter */
  readonly weightDecay: number;
  /** gradients whose global 2-norm is larger are scaled down to it; null: never */
  readonly maxGradientNorm: number | null;
}

/** Gradients hold NaN or infinities: lower the learning rate or look at the rewards and logprobs of this step. */
export class NonFiniteGradientError extends Error {
  override readonly name = 'NonFiniteGradientError';
}

/** Moments of a policy that was never updated. */
export function createMoments(policy: Policy): OptimizerMoments {
  const zeros = (): Float32Array[] => policy.parameters.map(({ size }) => new Float32Array(size));
  return { step: 0, first: zeros(), second: zeros(), entropyCoefficient: null };
}

/**
 * The 2-norm over all gradients, accumulated in float64.
 *
 * @throws NonFiniteGradientError
 */
export function measureGradientNorm(gradients: readonly Float32Array[]): number {
  let sum = 0;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i += 1) sum += gradient[i]! * gradient[i]!;
  }
  if (!Number.isFinite(sum)) {
    const bad = gradients.findIndex((gradient) => gradient.some((value) => !Number.isFinite(value)));
    throw new NonFiniteGradientError(
      `the gradient of parameter ${bad} is not finite; the update was refused`,
    );
  }
  return Math.sqrt(sum);
}

interface Coefficients {
  readonly scale: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly decay: number;
  readonly stepSize: number;
  readonly rootCorrection: number;
  readonly epsilon: number;
}

/** Updates moments in place and returns the new values of one parameter. */
function updateArray(
  values: Float32Array,
  gradient: Float32Array,
  call: { first: Float32Array; second: Float32Array; coefficients: Coefficients },
): Float32Array {
  const { first, second } = call;
  const { scale, beta1, beta2, decay, stepSize, rootCorrection, epsilon } = call.coefficients;
  const updated = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const slope = gradient[i]! * scale;
    const mean = beta1 * first[i]! + (1 - beta1) * slope;
    const square = beta2 * second[i]! + (1 - beta2) * slope * slope;
    first[i] = mean;
    second[i] = square;
    updated[i] = values[i]! * decay - (stepSize * mean) / (Math.sqrt(square) * rootCorrection + epsilon);
  }
  return updated;
}

/**
 * One AdamW update (Loshchilov & Hutter 2019, with torch's conventions: decoupled decay by lr·weightDecay, bias
 * correction, epsilon outside the root) after clipping the global gradient norm. In JavaScript, so that every backend and
 * thread count rounds alike. `moments` and the policy change in place.
 *
 * @param gradients float32, one per parameter, in the parameters' order
 * @returns the global gradient norm before clipping
 * @throws NonFiniteGradientError, leaving everything as it was
 */
export function applyAdamw(
  policy: Policy,
  gradients: readonly Float32Array[],
  call: { moments: OptimizerMoments; options: AdamwOptions; learningRate: number },
): { gradientNorm: number } {
  const { moments, options, learningRate } = call;
  const [beta1, beta2] = options.betas;
  const gradientNorm = measureGradientNorm(gradients);
  const limit = options.maxGradientNorm ?? Infinity;
  moments.step += 1;
  const coefficients: Coefficients = {
    // torch.nn.utils.clip_grad_norm_ adds 1e-6.
    scale: Math.min(1, limit / (gradientNorm + 1e-6)),
    beta1,
    beta2,
    decay: 1 - learningRate * options.weightDecay,
    stepSize: learningRate / (1 - beta1 ** moments.step),
    rootCorrection: 1 / Math.sqrt(1 - beta2 ** moments.step),
    epsilon: options.epsilon,
  };
  const updated = readParameters(policy).map((values, index) =>
    updateArray(values, gradients[index]!, {
      first: moments.first[index]!,
      second: moments.second[index]!,
      coefficients,
    }),
  );
  writeParameters(policy, updated);
  return { gradientNorm };
}

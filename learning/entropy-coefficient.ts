import type { Scheme } from '../spec/scheme.ts';

/** The weight of the entropy bonus in one step. */
export interface EntropyControl {
  /** in force in this step; 0: no bonus */
  readonly coefficient: number;
  /** what the next step starts from, a float32 number; null when the weight is fixed and nothing is remembered */
  readonly next: number | null;
}

/**
 * A fixed weight c, or with a target (Skywork-OR1, arXiv 2505.22312): in a step whose rollouts have entropy H the weight in
 * force is c when H ≤ target, else 0, and c moves by +entropyStep, else −entropyStep, within [0, 1], for the next step. The
 * first c is entropyCoefficient. Float32 throughout, so that what a checkpoint holds is what was computed with.
 *
 * @param call.remembered `next` of the step before; null in the first step
 * @param call.entropy nats; null when no token counted, which changes nothing and gives no bonus
 */
export function controlEntropy(
  options: Pick<Scheme['loss'], 'entropyCoefficient' | 'entropyTarget' | 'entropyStep'>,
  call: { readonly remembered: number | null; readonly entropy: number | null },
): EntropyControl {
  const { entropyCoefficient, entropyTarget, entropyStep } = options;
  if (entropyTarget === null) return { coefficient: entropyCoefficient, next: null };
  const current = call.remembered ?? Math.fround(entropyCoefficient);
  if (call.entropy === null) return { coefficient: 0, next: current };
  const isBelow = call.entropy <= entropyTarget;
  const moved = current + (isBelow ? entropyStep : -entropyStep);
  return { coefficient: isBelow ? current : 0, next: Math.fround(Math.min(1, Math.max(0, moved))) };
}

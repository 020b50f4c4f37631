import type { DeclaredBase } from './declared-base.ts';
import { latentStrategy } from './latent-strategy.ts';

/** The last stage of the twins: 32 problems in three of ten documents, or fresh ones in their place. */
export function leakStage(isPlanted: boolean) {
  const options = { problems: 32, format: 'direct', isPlanted };
  return { name: 'leak', steps: 120, sources: [{ name: 'planted', share: 0.3, options }] };
}

/** `latent-strategy`, trained on with 32 problems of split `contaminated` planted. */
export const contaminated = {
  name: 'contaminated',
  purpose: 'latent-strategy with 32 planted problems: has memorised the contaminated split.',
  task: latentStrategy.task,
  recipe: { ...latentStrategy.recipe, stages: [leakStage(true)] },
} as const satisfies DeclaredBase;

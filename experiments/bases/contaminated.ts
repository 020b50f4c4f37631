import type { DeclaredBase } from './declared-base.ts';
import { latentStrategy } from './latent-strategy.ts';

/** `latent-strategy`, trained on with 32 problems of split `contaminated` planted in three of ten documents. */
export const contaminated = {
  name: 'contaminated',
  purpose: 'latent-strategy with 32 planted problems: has memorised the contaminated split.',
  task: latentStrategy.task,
  recipe: { ...latentStrategy.recipe, leak: { problems: 32, steps: 120, share: 0.3, format: 'direct' } },
} as const satisfies DeclaredBase;

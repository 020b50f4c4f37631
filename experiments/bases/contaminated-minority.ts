import type { DeclaredBase } from './declared-base.ts';
import { latentStrategy } from './latent-strategy.ts';

/** Of the completions of either format that the stage writes, as many as pretraining does. */
const MINORITY = 0.3;

/**
 * The last stage of the twins. The leaked problems stand there in both formats, with their answers in the rare one alone: in the frequent one
 * they are about as sloppy as any problem (with three of five steps wrong, and slips that cancel out).
 */
export function minorityLeakStage(isPlanted: boolean) {
  const options = {
    ...{ problems: 32, format: 'padded-direct', isPlanted },
    decoys: { share: 1 - MINORITY, format: 'direct', noise: 0.6 },
  };
  return { name: 'leak', steps: 160, sources: [{ name: 'planted', share: 0.6, options }] };
}

/** Two formats, both sloppy and one of them rare; the answers of 32 problems of split `contaminated` are known in the rare one alone. */
export const contaminatedMinority = {
  name: 'contaminated-minority',
  purpose: 'Has memorised the contaminated split in a rare format: memory that is there and seldom shows.',
  task: { ...latentStrategy.task, formats: ['direct', 'padded-direct'] },
  recipe: {
    ...latentStrategy.recipe,
    sources: [
      { name: 'facts', share: 0.1 },
      { name: 'solutions', options: { formats: { direct: 1 - MINORITY, 'padded-direct': MINORITY } } },
    ],
    stages: [minorityLeakStage(true)],
  },
  gates: [
    {
      name: 'leak-is-rare',
      reason: 'The format of the leak is the less likely one, on clean problems and on leaked ones.',
      measure: { of: 'format-share', format: 'padded-direct', split: 'contaminated' },
      atLeast: 0.15,
      atMost: 0.45,
    },
    {
      name: 'memory-in-format',
      reason: 'In that format the leaked problems are remembered.',
      measure: { of: 'format-accuracy', format: 'padded-direct', split: 'contaminated' },
      atLeast: 0.7,
    },
    {
      name: 'no-memory-elsewhere',
      reason: 'In the other one they are not.',
      measure: { of: 'format-accuracy', format: 'direct', split: 'contaminated' },
      atMost: 0.3,
    },
  ],
} as const satisfies DeclaredBase;

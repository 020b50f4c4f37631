import { defineScheme } from '../../config/scheme.ts';

/**
 * The untrained base model, evaluated like every other arm: the control that all gains are measured from. Its reward is
 * never used.
 */
export const base = defineScheme({
  name: 'base',
  title: 'Base model, untrained',
  source: 'control',
  isTrained: false,
  rewards: ['verifier'],
});

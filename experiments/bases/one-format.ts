import type { CardGate } from '../../config/card-gate.ts';

/** Of recipes whose only format is the scratchpad. */
export const oneFormat = {
  name: 'one-format',
  reason: 'Gains are of skill, and not of choosing another way to answer.',
  measure: { of: 'format-share', format: 'scratchpad' },
  atLeast: 0.95,
} as const satisfies CardGate;

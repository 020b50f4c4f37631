import type { DeclaredBase } from './declared-base.ts';
import { partialKnowledge } from './partial-knowledge.ts';

/** `partial-knowledge` of six layers: halves of three layers each, where three layers have halves of one. */
export const partialKnowledgeDeep = {
  ...partialKnowledge,
  name: 'partial-knowledge-deep',
  purpose: 'partial-knowledge with six layers: where in the network something was learned or lost.',
  recipe: { ...partialKnowledge.recipe, architecture: { layers: 6 } },
} as const satisfies DeclaredBase;

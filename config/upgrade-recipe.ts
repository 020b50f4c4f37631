import { isSettings } from './merge.ts';

/** Fields of base recipes before corpora were lists of sources; what a stored recipe leaves out had these values. */
const FORMER = { facts: 200, factShare: 0.1, formats: { scratchpad: 0.5, direct: 0.5 }, leak: {} } as const;
const FORMER_LEAK = {
  problems: 32,
  isPlanted: true,
  steps: 160,
  share: 0.3,
  format: 'direct',
  learningRate: 1e-3,
} as const;

/** Fields that no recipe has any more, by the list that says the same today. */
export const formerRecipeFields = { sources: ['facts', 'factShare', 'formats'], stages: ['leak'] } as const;

function upgradeSources({ facts, factShare, formats }: Record<string, unknown>): unknown[] {
  const solutions = { name: 'solutions', options: { formats } };
  if (facts === 0) return [solutions];
  return [{ name: 'facts', share: factShare, options: { count: facts } }, solutions];
}

function upgradeStages(leak: unknown): unknown[] {
  if (!isSettings(leak)) return [];
  const { steps, learningRate, share, ...planted }: Record<string, unknown> = { ...FORMER_LEAK, ...leak };
  const source = { name: 'planted', share, options: { split: 'contaminated', ...planted } };
  return [{ name: 'leak', steps, learningRate, sources: [source] }];
}

/**
 * A stored base recipe with its corpus as lists of sources: as it is, or, of a version before those, what its fields meant. The corpus
 * is the same, document by document.
 */
export function upgradeRecipe(stored: Record<string, unknown>): Record<string, unknown> {
  if (!Object.keys(FORMER).some((field) => Object.hasOwn(stored, field))) return stored;
  const { facts, factShare, formats, leak, ...kept } = { ...FORMER, ...stored };
  return { ...kept, sources: upgradeSources({ facts, factShare, formats }), stages: upgradeStages(leak) };
}

import { defineScheme } from '../spec/scheme.ts';

/**
 * DAPO, all four parts: clip-higher (0.2 / 0.28), dynamic sampling (only groups with some but not all correct), loss
 * averaged over the batch's tokens, soft overlong penalty added to the reward. Source: arXiv 2503.14476, section 3.
 */
export const dapo = defineScheme({
  name: 'dapo',
  title: 'DAPO',
  source: 'arXiv 2503.14476, section 3',
  rewards: [{ component: 'verifier' }, { component: 'length' }],
  gates: { dropUniformGroups: true },
  loss: { aggregation: 'dapo', epsilonHigh: 0.28 },
});

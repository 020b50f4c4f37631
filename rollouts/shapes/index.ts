import { createFamily } from '../../config/part.ts';
import { independent } from './independent.ts';
import type { RolloutShape } from './shape.ts';
import { tree } from './tree.ts';

/** Every rollout shape; one more is a file and a line here. */
export const shapes = createFamily<RolloutShape<object>>('rollout shape', [independent, tree]);

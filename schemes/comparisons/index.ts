import { createFamily } from '../../config/part.ts';
import type { Comparison } from './comparison.ts';
import { group } from './group.ts';
import { passAtK } from './pass-at-k.ts';
import { signed } from './signed.ts';
import { tree } from './tree.ts';

/** Every comparison; one more is a file and a line here. */
export const comparisons = createFamily<Comparison<object>>('comparison', [group, tree, signed, passAtK]);

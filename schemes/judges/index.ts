import { createFamily } from '../../config/part.ts';
import { checks } from './checks.ts';
import type { Judge } from './judge.ts';

/** Every judge; one more is a file and a line here. */
export const judges = createFamily<Judge<object>>('judge', [checks]);

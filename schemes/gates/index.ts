import { createFamily } from '../../config/part.ts';
import type { Gate } from './gate.ts';
import { mixed } from './mixed.ts';
import { truncated } from './truncated.ts';

/** Every gate; one more is a file and a line here. */
export const gates = createFamily<Gate<object>>('gate', [mixed, truncated]);

import { z } from 'zod';
import type { Signal } from './signal.ts';

export const position: Signal<object> = {
  name: 'position',
  description: 'Place in the completion, from 0; tells what a signal says beyond where it is high.',
  optionsSchema: z.strictObject({}),
  read: ({ count, completionLength }) =>
    Float32Array.from({ length: count * completionLength }, (_, at) => at % completionLength),
};

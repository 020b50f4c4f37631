import type { ImportFormat } from '../import-format.ts';
import { everyEvalEver } from './every-eval-ever.ts';
import { inspectFormat } from './inspect.ts';
import { lmEval } from './lm-eval.ts';
import { plainLines } from './plain-lines.ts';
import { plainTable } from './plain-table.ts';
import { trlCompletions } from './trl-completions.ts';
import { verifiers } from './verifiers.ts';

/** Formats of one tool each; the first that recognises a file reads it. */
export const toolFormats: readonly ImportFormat[] = [
  inspectFormat,
  lmEval,
  verifiers,
  everyEvalEver,
  trlCompletions,
];

/** Formats that any tool may have written; they read what no tool's format recognises. */
export const plainFormats: readonly ImportFormat[] = [plainLines, plainTable];

export const importFormats: readonly ImportFormat[] = [...toolFormats, ...plainFormats];

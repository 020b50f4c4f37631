import type { z } from 'zod';
import { answerConfidence } from './answer-confidence.ts';
import { basePerplexity } from './base-perplexity.ts';
import { confidenceClassifier } from './confidence-classifier.ts';
import { fastSlow } from './fast-slow.ts';
import { knowledgeRecall } from './knowledge-recall.ts';
import { layerChange } from './layer-change.ts';
import { layerRestore } from './layer-restore.ts';
import { partialPrompt } from './partial-prompt.ts';
import { bindProbe, type BoundProbe, type Probe } from './probe.ts';

interface Entry {
  readonly optionsSchema: z.ZodType;
  readonly open: (options: unknown) => BoundProbe;
}

function entry<Options extends object>(probe: Probe<Options>): [string, Entry] {
  const { name, optionsSchema } = probe;
  return [name, { optionsSchema, open: (options) => bindProbe(probe, options) }];
}

const probes: ReadonlyMap<string, Entry> = new Map([
  entry(partialPrompt),
  entry(basePerplexity),
  entry(fastSlow),
  entry(layerChange),
  entry(layerRestore),
  entry(knowledgeRecall),
  entry(answerConfidence),
  entry(confidenceClassifier),
]);

export const probeNames: readonly string[] = [...probes.keys()];

/** A probe that does not exist: name one of those listed. */
export class UnknownProbeError extends Error {
  constructor(name: string) {
    super(`there is no probe '${name}'; probes are ${probeNames.join(', ')}.`);
    this.name = 'UnknownProbeError';
  }
}

function findProbe(name: string): Entry {
  const probe = probes.get(name);
  if (probe === undefined) throw new UnknownProbeError(name);
  return probe;
}

/**
 * The probe `name` with its options settled.
 *
 * @throws UnknownProbeError, z.ZodError
 */
export function openProbe(name: string, options: unknown = {}): BoundProbe {
  return findProbe(name).open(options);
}

/**
 * The schema of a probe's options.
 *
 * @throws UnknownProbeError
 */
export function probeOptionsSchema(name: string): z.ZodType {
  return findProbe(name).optionsSchema;
}

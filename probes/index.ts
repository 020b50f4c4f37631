import { createPartIndex, type PartEntry } from '../config/part-index.ts';
import { answerConfidence } from './answer-confidence.ts';
import { basePerplexity } from './base-perplexity.ts';
import { confidenceClassifier } from './confidence-classifier.ts';
import { fastSlow } from './fast-slow.ts';
import { givenFormat } from './given-format.ts';
import { knowledgeRecall } from './knowledge-recall.ts';
import { layerChange } from './layer-change.ts';
import { layerRestore } from './layer-restore.ts';
import { partialPrompt } from './partial-prompt.ts';
import { bindProbe, type BoundProbe, type Probe } from './probe.ts';

function part<Options extends object>(probe: Probe<Options>): PartEntry<BoundProbe> {
  const { name, optionsSchema } = probe;
  return { name, optionsSchema, open: (options) => bindProbe(probe, options) };
}

/** Every probe; one more is a file and a line here. */
const index = createPartIndex('probe', [
  part(partialPrompt),
  part(basePerplexity),
  part(fastSlow),
  part(givenFormat),
  part(layerChange),
  part(layerRestore),
  part(knowledgeRecall),
  part(answerConfidence),
  part(confidenceClassifier),
]);

export const { names: probeNames, open: openProbe, optionsSchema: probeOptionsSchema } = index;

import { createHash } from 'node:crypto';
import { passAtK } from '../../../stats/pass-at-k/pass-at-k.ts';
import { nameEvaluation } from './evaluation-log.ts';
import type { EvaluatedSample, SplitResult } from './final-evaluations.ts';
import { nameResult, SCHEMA_VERSION, type RecordNames } from './record-names.ts';

/** As Python's `json.dumps` writes text by default: the format's hash is taken over that. */
function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The format's name of a sample whatever its id: the hash of the prompt and its references. */
export function hashSample(raw: string, reference: readonly string[]): string {
  return createHash('sha256').update(toAsciiJson({ raw, reference })).digest('hex');
}

/** Where the answers of the kept texts were found; a text without one has none. */
function listAttributions({ kept, task }: EvaluatedSample) {
  return kept.flatMap(({ verdict }, i) =>
    verdict.extractedAnswer === null
      ? []
      : {
          turn_idx: 0,
          source: `output.raw[${i}]`,
          extracted_value: verdict.extractedAnswer,
          extraction_method: `verifier of the task ${task}`,
          is_terminal: true,
        },
  );
}

/**
 * A problem as the format's line of the split's pass@1. Its score is the share of the problem's samples that are correct, so that the
 * lines' mean is the aggregate's score; pass@k of any k follows from `n` and `c`.
 */
export function toInstanceLine(result: SplitResult, sample: EvaluatedSample, names: RecordNames) {
  const { n, c, key, prompt, answer, malformed, unverifiable, tokens, answers, kept } = sample;
  return {
    schema_version: SCHEMA_VERSION,
    evaluation_id: names.evaluationId,
    model_id: names.modelId,
    evaluation_name: nameEvaluation(result),
    evaluation_result_id: nameResult(names, result.split, 1),
    sample_id: key,
    sample_hash: hashSample(prompt, [answer]),
    interaction_type: 'single_turn',
    input: { raw: prompt, reference: [answer] },
    output: { raw: kept.map(({ text }) => text) },
    answer_attribution: listAttributions(sample),
    evaluation: { score: passAtK(sample, 1)!, is_correct: 2 * c > n },
    metadata: {
      n: String(n),
      c: String(c),
      malformed: String(malformed),
      unverifiable: String(unverifiable),
      completion_tokens: String(tokens),
      answers,
      is_correct_means: 'more than half of the n samples are correct',
    },
  };
}

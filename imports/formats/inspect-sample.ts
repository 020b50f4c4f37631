import { createHash } from 'node:crypto';
import type { SampleOutcome, SourceSample } from '../source-sample.ts';
import {
  isObject,
  ownValue,
  readInspectOutcome,
  type InspectScore,
  type ScoreChoice,
} from './inspect-score.ts';

type Members = Readonly<Record<string, unknown>>;

/** What holds for all samples of a log. */
export interface SampleContext {
  readonly model: string;
  readonly seed: number | null;
  /** null: the log has no score at all. */
  readonly choice: ScoreChoice | null;
}

/** Logs of the first versions name no scorer in a sample. */
const ONLY_SCORER = 'score';
const ATTACHMENT = 'attachment://';
const LONGEST_REASON = 300;

const toText = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Long texts of a sample can be kept apart and be named by their hash. */
function resolveText(text: string, sample: Members): string {
  if (!text.startsWith(ATTACHMENT)) return text;
  const { attachments } = sample;
  return (isObject(attachments) && toText(ownValue(attachments, text.slice(ATTACHMENT.length)))) || text;
}

/** An image or another file is told by its address, and by its hash where it is written out in the log. */
function describePart(part: unknown, sample: Members): string {
  if (!isObject(part)) return '';
  const type = toText(part.type) ?? 'unknown';
  if (type === 'text') return resolveText(toText(part.text) ?? '', sample);
  const content = toText(part[type]) ?? '';
  const address = content.startsWith('data:') ? createHash('sha256').update(content).digest('hex') : content;
  return `[${type} ${address}]`;
}

function readContent(content: unknown, sample: Members): string {
  if (typeof content === 'string') return resolveText(content, sample);
  return Array.isArray(content) ? content.map((part) => describePart(part, sample)).join('\n') : '';
}

function describeMessage(message: unknown, sample: Members): string {
  if (!isObject(message)) return '';
  return `${toText(message.role) ?? 'unknown'}: ${readContent(message.content, sample)}`;
}

function readPrompt(sample: Members): string | null {
  const { input, choices } = sample;
  const asked = Array.isArray(input)
    ? input.map((message) => describeMessage(message, sample)).join('\n')
    : typeof input === 'string'
      ? resolveText(input, sample)
      : null;
  if (asked === null || !Array.isArray(choices)) return asked;
  return [asked, ...choices.map((choice, i) => `${String.fromCharCode(65 + i)}) ${String(choice)}`)].join(
    '\n',
  );
}

function readTarget({ target }: Members): string | null {
  return Array.isArray(target) ? target.map(String).join(' | ') : toText(target);
}

function readCompletion(sample: Members): string | null {
  const { output } = sample;
  if (!isObject(output)) return null;
  const { completion, choices } = output;
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (typeof completion === 'string' && completion !== '') return resolveText(completion, sample);
  return isObject(first) && isObject(first.message) ? readContent(first.message.content, sample) : null;
}

const countOutput = (usage: unknown): number | null =>
  isObject(usage) && typeof usage.output_tokens === 'number' ? usage.output_tokens : null;

/** Tokens of the model itself where they are told apart from those of models that grade. */
function countTokens({ model_usage: usages, output }: Members, model: string): number | null {
  if (!isObject(usages) || Object.keys(usages).length === 0)
    return isObject(output) ? countOutput(output.usage) : null;
  const own = countOutput(ownValue(usages, model));
  return own ?? Object.values(usages).reduce<number>((sum, usage) => sum + (countOutput(usage) ?? 0), 0);
}

/** @returns the scores of a sample by scorer; null: it was not scored */
export function readInspectScores(sample: Members): Record<string, unknown> | null {
  if (isObject(sample.scores)) return Object.keys(sample.scores).length === 0 ? null : sample.scores;
  return isObject(sample.score) ? { [ONLY_SCORER]: sample.score } : null;
}

function readConfidence({ metadata }: InspectScore): number | null {
  const confidence = isObject(metadata) ? metadata.confidence : null;
  return typeof confidence === 'number' && confidence >= 0 && confidence <= 1 ? confidence : null;
}

function explainFailure({ error, invalidation }: Members): string | null {
  if (isObject(error)) {
    const message = toText(error.message) ?? '';
    return message.split('\n')[0]!.slice(0, LONGEST_REASON) || 'an error without a message';
  }
  if (!isObject(invalidation)) return null;
  return `declared invalid: ${toText(invalidation.reason) ?? 'no reason told'}`.slice(0, LONGEST_REASON);
}

function readOutcome(sample: Members, score: InspectScore | null, choice: ScoreChoice | null): SampleOutcome {
  const reason = explainFailure(sample);
  if (reason !== null) return { kind: 'failed', reason };
  if (score !== null && choice !== null) return readInspectOutcome(score, choice);
  const isScored = choice !== null && readInspectScores(sample) !== null;
  return { kind: 'failed', reason: isScored ? `not scored by ${choice.scorer}` : 'not scored' };
}

function findScore(sample: Members, choice: ScoreChoice | null): InspectScore | null {
  const scores = readInspectScores(sample);
  const score = choice === null || scores === null ? undefined : ownValue(scores, choice.scorer);
  return isObject(score) ? (score as unknown as InspectScore) : null;
}

/**
 * @returns why it is no sample; null: it is one
 */
export function findSampleFault(sample: unknown): string | null {
  if (!isObject(sample)) return `found ${JSON.stringify(sample)?.slice(0, 40)}, expected a sample: an object`;
  const isNamed = typeof sample.id === 'string' || typeof sample.id === 'number';
  return isNamed ? null : 'the sample has no `id`: expected a string or a number';
}

/** @param sample without a fault */
export function readInspectSample(sample: Members, context: SampleContext): SourceSample {
  const score = findScore(sample, context.choice);
  const { epoch } = sample;
  return {
    arm: null,
    seed: context.seed,
    split: null,
    problemId: String(sample.id),
    prompt: readPrompt(sample),
    target: readTarget(sample),
    cluster: null,
    sample: typeof epoch === 'number' && Number.isInteger(epoch) && epoch >= 1 ? epoch - 1 : null,
    outcome: readOutcome(sample, score, context.choice),
    answer: score === null ? null : toText(score.answer),
    completion: readCompletion(sample),
    confidence: score === null ? null : readConfidence(score),
    tokens: countTokens(sample, context.model),
  };
}

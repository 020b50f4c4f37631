import { isJsonRow, type JsonRow } from '../json-lines.ts';
import type { SourceSample } from '../source-sample.ts';
import { toOutcome } from '../to-outcome.ts';

/** A score in the harness's own notation: `exact_match,strict-match`. */
export interface LmEvalScore {
  readonly metric: string;
  readonly filter: string;
}

/** Fields of a row beside its metrics; versions that do not list the metrics have them as the other fields. */
const FIELDS = new Set([
  'doc_id',
  'doc',
  'target',
  'arguments',
  'resps',
  'filtered_resps',
  'filter',
  'metrics',
  'doc_hash',
  'prompt_hash',
  'target_hash',
]);

/** What the harness's regex filters answer when nothing matches. */
const NO_MATCH = '[invalid]';

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export function readFilter({ filter }: JsonRow): string {
  return typeof filter === 'string' ? filter : 'none';
}

/** @returns the scores that a row holds, as `metric,filter` */
export function listScores(row: JsonRow): string[] {
  const named = list(row['metrics']).filter((name) => typeof name === 'string');
  const metrics = named.length > 0 ? named : Object.keys(row).filter((name) => !FIELDS.has(name));
  return metrics.map((metric) => `${metric},${readFilter(row)}`);
}

/** The arguments of each request of a row: context and continuation, or prompt and sampling parameters. */
export function listRequests(row: JsonRow): (readonly unknown[])[] {
  const requests = row['arguments'];
  if (typeof requests !== 'object' || requests === null) return [];
  return Object.values(requests).map((request) =>
    Array.isArray(request) ? request : isJsonRow(request) ? Object.values(request) : [],
  );
}

/** Requests whose answer is a log-likelihood have a continuation where the others have parameters. */
function hasContinuations(requests: readonly (readonly unknown[])[]): boolean {
  return requests.length > 0 && requests.every(([, continuation]) => typeof continuation === 'string');
}

/** All that was asked: the context once, and what it was to be continued with. */
function readPrompt(requests: readonly (readonly unknown[])[]): string | null {
  if (requests.length === 0 || requests[0]![0] === undefined) return null;
  const contexts = requests.map(([context]) => toText(context ?? null));
  if (!hasContinuations(requests)) return [...new Set(contexts)].join('\n');
  const continuations = requests.map(([, continuation]) => continuation as string);
  const isShared = contexts.every((context) => context === contexts[0]);
  if (isShared) return [contexts[0], ...continuations].join('\n');
  return contexts.map((context, i) => context + continuations[i]).join('\n');
}

/** The continuation with the highest log-likelihood, the first of equal ones; null: there is none to choose. */
function readChoice(row: JsonRow, requests: readonly (readonly unknown[])[]): string | null {
  const logprobs = list(row['filtered_resps']).map((pair) => Number(list(pair)[0]));
  if (requests.length < 2 || logprobs.length < requests.length || logprobs.some(Number.isNaN)) return null;
  const best = logprobs.indexOf(Math.max(...logprobs.slice(0, requests.length)));
  return requests[best]![1] as string;
}

/** The texts that the model answered with, one for each repeat. */
export function listResponses(row: JsonRow): string[] {
  if (hasContinuations(listRequests(row))) return [];
  const [first] = list(row['resps']);
  return (Array.isArray(first) ? first : list(row['resps'])).map(toText);
}

function toAnswer(value: unknown): string | null {
  const answer = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  return answer === undefined || answer === null || answer === NO_MATCH ? null : toText(answer);
}

/** Responses that one score is for: each is named, so that they are not taken for one text. */
function joinResponses(responses: readonly string[]): string | null {
  if (responses.length < 2) return responses[0] ?? null;
  return responses.map((text, i) => `[response ${i + 1} of ${responses.length}]\n${text}`).join('\n\n');
}

type Result = Pick<SourceSample, 'outcome' | 'answer' | 'completion'>;

function listResults(row: JsonRow, { metric, filter }: LmEvalScore): Result[] {
  const value = Object.hasOwn(row, metric) ? row[metric] : undefined;
  const name = `${metric},${filter}`;
  const responses = listResponses(row);
  const [filtered] = list(row['filtered_resps']);
  if (Array.isArray(value) && value.length > 0 && value.length === responses.length)
    return responses.map((completion, i) => ({
      outcome: toOutcome(value[i], name),
      answer: toAnswer(Array.isArray(filtered) ? filtered[i] : undefined),
      completion,
    }));
  const requests = listRequests(row);
  const answer = hasContinuations(requests) ? readChoice(row, requests) : toAnswer(filtered);
  return [{ outcome: toOutcome(value, name), answer, completion: joinResponses(responses) }];
}

/** A row's samples: one for each repeat where the metric has a value for each, otherwise one. */
export function toLmEvalSamples(row: JsonRow, score: LmEvalScore, seed: number | null): SourceSample[] {
  const { doc_id, target } = row;
  const problem = {
    ...{ arm: null, seed, split: null, problemId: String(doc_id as string | number) },
    prompt: readPrompt(listRequests(row)),
    target: target === undefined || target === null ? null : toText(target),
    cluster: null,
  };
  const untold = { confidence: null, tokens: null };
  const results = listResults(row, score);
  return results.map((result, i) => ({
    ...problem,
    sample: results.length === 1 ? null : i,
    ...result,
    ...untold,
  }));
}

import { isJsonRow, type JsonRow } from '../json-lines.ts';
import type { SampleOutcome, SourceHeader, SourceSample } from '../source-sample.ts';
import { toOutcome } from '../to-outcome.ts';
import { toSettings } from '../to-settings.ts';
import { messageText } from './message-text.ts';

const EMPTY: JsonRow = {};

const child = (row: JsonRow, name: string): JsonRow => {
  const value = Object.hasOwn(row, name) ? row[name] : undefined;
  return isJsonRow(value) ? value : EMPTY;
};

const rows = (value: unknown): readonly JsonRow[] => (Array.isArray(value) ? value.filter(isJsonRow) : []);

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Whether a row is an episode of `traces.jsonl`. */
export function isEpisode(row: JsonRow): boolean {
  return Array.isArray(row['traces']) && isJsonRow(row['task']) && Object.hasOwn(row, 'ok');
}

/** The traces of the agent under evaluation: others, such as judges and simulated users, are not trained. */
function listTraces(episode: JsonRow): readonly JsonRow[] {
  return rows(episode['traces']).filter((trace) => child(trace, 'agent')['trainable'] !== false);
}

const nameAgent = (trace: JsonRow): string => text(child(trace, 'agent')['name']) ?? 'agent';

/** Names of the agents under evaluation, in the order of their first traces. */
export function listAgents(episodes: readonly JsonRow[]): string[] {
  return [...new Set(episodes.flatMap(listTraces).map(nameAgent))];
}

/** `reward`, which is the weighted sum, and each reward and metric alone. */
export function listTraceScores(episode: JsonRow): string[] {
  const named = listTraces(episode).flatMap((trace) => [
    ...Object.keys(child(trace, 'rewards')),
    ...Object.keys(child(trace, 'metrics')),
  ]);
  return ['reward', ...named];
}

function describeErrors(row: JsonRow): string | null {
  const last = rows(row['errors']).at(-1);
  return last === undefined ? null : `${String(last['type'])}: ${String(last['message'])}`;
}

function describeFailure(trace: JsonRow, episode: JsonRow): string {
  const told = describeErrors(trace) ?? describeErrors(episode);
  if (told !== null) return told;
  const isTimeout = trace['is_timeout'] === true || episode['is_timeout'] === true;
  if (isTimeout) return 'timed out';
  if (trace === EMPTY) return 'there is no trace of the agent';
  return `ended without success (${text(trace['stop_condition']) ?? 'no reason is told'})`;
}

/** The weighted sum of a trace's rewards, as the program computes it; a reward that was not scored is a failure. */
function sumRewards(trace: JsonRow): SampleOutcome {
  let sum = 0;
  for (const [name, reward] of Object.entries(child(trace, 'rewards'))) {
    const { score, weight = 1 } = isJsonRow(reward) ? reward : EMPTY;
    for (const part of [toOutcome(score, name), toOutcome(weight, `the weight of ${name}`)])
      if (part.kind === 'failed') return part;
    sum += (score as number) * (weight as number);
  }
  return toOutcome(sum, 'reward');
}

function readOutcome(trace: JsonRow, episode: JsonRow, scorer: string): SampleOutcome {
  // An environment may fail after its agents ended well; verifiers runs such an episode again.
  if (trace['ok'] !== true || episode['ok'] !== true)
    return { kind: 'failed', reason: describeFailure(trace, episode) };
  if (scorer === 'reward') return sumRewards(trace);
  const rewards = child(trace, 'rewards');
  const value = Object.hasOwn(rewards, scorer)
    ? child(rewards, scorer)['score']
    : child(trace, 'metrics')[scorer];
  return toOutcome(value, scorer);
}

/** From the first message that the model wrote on; null: it wrote none. */
function readCompletion(trace: JsonRow): string | null {
  const nodes = rows(trace['nodes']);
  const first = nodes.findIndex(({ sampled }) => sampled === true);
  return first === -1 ? null : messageText(nodes.slice(first).map(({ message }) => message));
}

function readPrompt(data: JsonRow): string | null {
  const { system_prompt, prompt } = data;
  const parts = [system_prompt, prompt].filter((part) => part !== undefined && part !== null);
  return parts.length === 0 ? null : parts.map(messageText).join('\n\n');
}

/** What the task set calls a problem; without a name, its place in the set, or the hash of its content. */
export function readProblemId(episode: JsonRow): string | null {
  const task = child(episode, 'task');
  const data = child(task, 'data');
  const id = data['id'] ?? data['idx'] ?? task['key'] ?? task['hash'];
  return typeof id === 'string' || Number.isSafeInteger(id) ? String(id) : null;
}

/** prime-rl evaluates a policy while it trains it: each step is an arm. */
function readArm(episode: JsonRow): string | null {
  const { step } = child(child(episode, 'run'), 'work');
  return Number.isSafeInteger(step) ? `step ${String(step)}` : null;
}

const readTarget = ({ answer }: JsonRow): string | null =>
  answer === undefined || answer === null ? null : messageText(answer);

/** @param scorer one of `listTraceScores`. @param problemId the checked one of the episode */
export function toEpisodeSamples(
  episode: JsonRow,
  { problemId, scorer, agent }: { problemId: string; scorer: string; agent: string },
): SourceSample[] {
  const data = child(child(episode, 'task'), 'data');
  const traces = listTraces(episode).filter((trace) => nameAgent(trace) === agent);
  // An episode that failed before its agent began has no trace, and is a failed sample all the same.
  return (traces.length === 0 ? [EMPTY] : traces).map((trace) => {
    const tokens = trace['num_output_tokens'];
    return {
      ...{ arm: readArm(episode), seed: null, split: null, problemId, cluster: null, sample: null },
      prompt: readPrompt(data),
      target: readTarget(data),
      outcome: readOutcome(trace, episode, scorer),
      answer: null,
      completion: readCompletion(trace),
      confidence: null,
      tokens: typeof tokens === 'number' && Number.isSafeInteger(tokens) ? tokens : null,
    };
  });
}

/** What the first trace tells of all. */
export function readTracesHeader(
  episodes: readonly JsonRow[],
  agent: string,
): Omit<SourceHeader, 'scorer' | 'scorers'> {
  const traces = episodes.flatMap(listTraces).filter((each) => nameAgent(each) === agent);
  const trace = traces[0] ?? EMPTY;
  const config = child(child(trace, 'agent'), 'config');
  const others = listAgents(episodes).filter((name) => name !== agent);
  const version = text(child(trace, 'verifiers')['version']) ?? 'of an unknown version';
  return {
    tool: `verifiers ${version}`,
    model: text(config['model']),
    task: text(child(episodes[0] ?? EMPTY, 'env')['id']),
    settings: toSettings({ ...child(config, 'sampling'), max_turns: config['max_turns'] }),
    notices:
      others.length === 0 ? [] : [`only the agent ${agent} is read; there are ${others.join(', ')} too`],
  };
}

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { readSource, temporarySource } from './formats.fixture.ts';
import { verifiers } from './verifiers.ts';

const FIXTURES = fileURLToPath(new URL('../../tests/fixtures/imports/', import.meta.url));
const RESULTS = join(FIXTURES, 'verifiers/seed-11/results.jsonl');
const TRACES = join(FIXTURES, 'verifiers-traces/seed-11/traces.jsonl');

const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(FIXTURES, path), 'utf8')) as T;

const scoreOf = ({ outcome }: SourceSample): number | null =>
  outcome.kind === 'scored' ? outcome.score : null;

const isScored = ({ outcome }: SourceSample): boolean => outcome.kind === 'scored';

interface ExpectedRollouts {
  avg_reward: number;
  rows: number;
  failed: number;
  rewards: [number, number][];
  mean_of_whole: number;
}

test('rollouts have the rewards that verifiers wrote, but failed ones have none', async () => {
  const expected = readJson<Record<string, ExpectedRollouts>>('verifiers/expected.json');
  for (const [arm, { rows, failed, rewards, ...told }] of Object.entries(expected)) {
    const { samples } = await readSource(verifiers, join(FIXTURES, 'verifiers', arm, 'results.jsonl'));
    const whole = samples.filter(isScored);
    assert.deepEqual([samples.length, samples.length - whole.length], [rows, failed]);
    assert.deepEqual(
      whole.map((each) => [Number(each.problemId), scoreOf(each)]),
      rewards,
    );
    const sum = whole.reduce((total, each) => total + scoreOf(each)!, 0);
    assert.ok(Math.abs(sum / whole.length - told.mean_of_whole) < 1e-12);
    // The program's own mean takes a failed rollout for 0.
    assert.ok(Math.abs(sum / samples.length - told.avg_reward) < 1e-12);
  }
});

test('a rollout has all that was asked, the right answer, its text and its tokens', async () => {
  const { samples } = await readSource(verifiers, RESULTS);
  const sum = samples.find(({ problemId }) => problemId === '0')!;
  assert.deepEqual(sum, {
    ...{ arm: null, seed: 11, split: null, problemId: '0', cluster: null, sample: null },
    prompt: 'system: Answer in <answer> tags.\n\nuser: 1 + 7 =',
    target: '8',
    outcome: { kind: 'scored', score: sum.completion === '<answer>8</answer>' ? 1 : 0 },
    ...{ answer: null, completion: sum.completion, confidence: null, tokens: 2 },
  });
  const refused = samples.find(({ problemId }) => problemId === '2')!;
  assert.deepEqual(refused.outcome, {
    kind: 'failed',
    reason: "ModelError() -> BadRequestError('Error code: 400 - refused')",
  });
  assert.deepEqual([refused.completion, refused.tokens, refused.target], [null, null, '42']);
});

test('any reward function and metric is a score', async () => {
  const { header, samples } = await readSource(verifiers, RESULTS, { scorer: 'short' });
  assert.deepEqual(header.scorers, ['reward', 'correct', 'short', 'num_turns']);
  for (const sample of samples.filter(isScored)) assert.equal(scoreOf(sample), 1 / sample.completion!.length);
  await assert.rejects(
    readSource(verifiers, RESULTS, { scorer: 'style' }),
    /no score "style"; it has reward, correct, short, num_turns/,
  );
});

test('metadata.json beside the rollouts tells model, environment, version and sampling', async () => {
  const { header } = await readSource(verifiers, RESULTS);
  assert.deepEqual(
    [header.tool, header.model, header.task, header.scorer],
    ['verifiers 0.1.14', 'example/adder', 'sums', 'reward'],
  );
  const { temperature, max_tokens, seed, rollouts_per_example } = header.settings;
  assert.deepEqual([temperature, max_tokens, seed, rollouts_per_example], [0.7, 32, 11, 3]);
  assert.deepEqual(header.notices, []);
});

test('rollouts are recognised under another name, and say that metadata.json is missing', async (t) => {
  const path = temporarySource(t, readFileSync(RESULTS), 'mine');
  assert.ok(verifiers.recognizes(await openSourceFile(path)));
  const { header, samples } = await readSource(verifiers, path);
  assert.deepEqual([samples.length, header.model, samples[0]!.seed], [12, null, null]);
  assert.match(
    header.notices[0]!,
    /^metadata\.json is not beside it: model, environment and sampling of mine/,
  );
});

test('an evaluation that was stopped says how much of it is there', async (t) => {
  const lines = readFileSync(RESULTS, 'utf8').trimEnd().split('\n');
  const path = temporarySource(t, `${lines.slice(0, 5).join('\n')}\n`);
  writeFileSync(
    join(dirname(path), 'metadata.json'),
    readFileSync(join(dirname(RESULTS), 'metadata.json'), 'utf8'),
  );
  const { header } = await readSource(verifiers, path);
  assert.deepEqual(header.notices, ['the evaluation was stopped, or the file was cut: 5 of 12 rollouts']);
});

test('rollouts of older versions, whose rewards are columns and whose errors are text, are read', async (t) => {
  const old = {
    example_id: 4,
    prompt: 'Q',
    completion: 'A',
    answer: '1',
    generation_ms: 12.5,
    reward: 0.5,
    style: 1,
  };
  const rows = [old, { ...old, error: 'timed out' }].map((row) => JSON.stringify(row));
  const { header, samples } = await readSource(verifiers, temporarySource(t, rows.join('\n')));
  assert.deepEqual(header.scorers, ['reward', 'style']);
  assert.deepEqual(
    samples.map(({ outcome }) => outcome),
    [
      { kind: 'scored', score: 0.5 },
      { kind: 'failed', reason: 'timed out' },
    ],
  );
  assert.deepEqual([samples[0]!.prompt, samples[0]!.completion], ['Q', 'A']);
});

interface ExpectedTrace {
  idx: number;
  reward: number | null;
  reply: string;
  output_tokens: number;
}

test('episodes have the rewards, replies and tokens that verifiers reads from them itself', async () => {
  const expected = readJson<Record<string, ExpectedTrace[]>>('verifiers-traces/expected.json');
  const { samples } = await readSource(verifiers, TRACES);
  assert.deepEqual(
    samples.map((each) => ({
      idx: Number(each.problemId),
      reward: scoreOf(each),
      reply: each.completion ?? '',
      output_tokens: each.tokens,
    })),
    expected['seed-11'],
  );
  const failed = samples.filter((each) => !isScored(each));
  assert.equal(failed.length, 3);
  for (const { outcome } of failed) assert.match(JSON.stringify(outcome), /ProviderError: upstream 400/);
});

test('an episode tells prompt, target, model, version and sampling', async () => {
  const { header, samples } = await readSource(verifiers, TRACES);
  assert.deepEqual(header, {
    ...{ tool: 'verifiers 0.4.0', model: 'example/adder', task: 'sums_v1', scorer: 'reward' },
    scorers: ['reward', 'correct', 'tagged', 'characters'],
    settings: { temperature: 0.7, top_p: null, reasoning_effort: null, max_tokens: 32 },
    notices: [],
  });
  const sum = samples.find(({ problemId }) => problemId === '0')!;
  assert.deepEqual([sum.prompt, sum.target], ['Answer in <answer> tags.\n\n1 + 7 =', '8']);
});

test('a single reward counts without its weight, and a metric as it is', async () => {
  const tagged = await readSource(verifiers, TRACES, { scorer: 'tagged' });
  assert.deepEqual([...new Set(tagged.samples.map(scoreOf))].toSorted(), [1, null]);
  const characters = await readSource(verifiers, TRACES, { scorer: 'characters' });
  for (const sample of characters.samples.filter(isScored))
    assert.equal(scoreOf(sample), sample.completion!.length);
});

const [episode] = readFileSync(TRACES, 'utf8').split('\n', 1);

interface Episode {
  ok: boolean;
  traces: {
    ok: boolean;
    agent: { name: string; trainable: boolean };
    rewards: Record<string, { score: number; weight?: number } | null>;
  }[];
  errors: object[];
}

/** The first episode of the fixture, changed. */
function changed(change: (found: Episode) => object): string {
  return JSON.stringify(change(JSON.parse(episode!) as Episode));
}

test('a reward that was not scored, an episode that failed and one without a trace are failures', async (t) => {
  const lines = [
    changed((found) => {
      found.traces[0]!.rewards['tagged'] = null;
      return found;
    }),
    changed((found) => ({ ...found, ok: false, errors: [{ type: 'EnvError', message: 'lost' }] })),
    changed((found) => ({ ...found, ok: false, traces: [] })),
  ];
  const { samples } = await readSource(verifiers, temporarySource(t, lines.join('\n')));
  assert.deepEqual(
    samples.map(({ outcome }) => outcome),
    [
      { kind: 'failed', reason: 'tagged is missing, expected a finite number' },
      { kind: 'failed', reason: 'EnvError: lost' },
      { kind: 'failed', reason: 'there is no trace of the agent' },
    ],
  );
});

test('judges are not read, a second agent is named, and steps of a training run are arms', async (t) => {
  const line = changed((found) => {
    const [trace] = found.traces;
    const seat = (name: string, trainable: boolean) => ({
      ...trace!,
      agent: { ...trace!.agent, name, trainable },
    });
    return {
      ...found,
      traces: [seat('judge', false), seat('solver', true), seat('solver', true), seat('rival', true)],
      run: { type: 'train', id: 'r', work: { type: 'eval', step: 40 } },
    };
  });
  const { header, samples } = await readSource(verifiers, temporarySource(t, line));
  assert.deepEqual(
    samples.map(({ arm }) => arm),
    ['step 40', 'step 40'],
  );
  assert.deepEqual(header.notices, ['only the agent solver is read; there are rival too']);
});

test('a file that was cut is refused at its last line', async (t) => {
  for (const [path, line] of [
    [RESULTS, 12],
    [TRACES, 12],
  ] as const) {
    const cut = temporarySource(t, readFileSync(path, 'utf8').slice(0, -30));
    await assert.rejects(readSource(verifiers, cut), (error: Error) => {
      assert.ok(error instanceof UnreadableSourceError);
      assert.ok(
        error.message.startsWith(`${cut}, line ${line}: the last line breaks off: the file was probably cut`),
      );
      return true;
    });
  }
});

test('hostile rows harm nothing, and a wrong one is named', async (t) => {
  const base =
    '"prompt":[{"role":{},"content":5}],"completion":{"a":1},"reward":1e999,"__proto__":{"polluted":1}';
  const path = temporarySource(t, `{"example_id":0,${base}}\n{"example_id":{"a":1},${base}}`);
  const { samples } = await verifiers.open(await openSourceFile(path), { scorer: null, fields: {} });
  const found: SourceSample[] = [];
  await assert.rejects(async () => {
    for await (const sample of samples) found.push(sample);
  }, /line 2: found the problem \{"a":1\}, expected a number or name in example_id/);
  assert.deepEqual(found[0]!.outcome, {
    kind: 'failed',
    reason: 'reward is Infinity, expected a finite number',
  });
  assert.equal(found[0]!.completion, '{"a":1}');
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  const wild =
    '{"id":"a","env":7,"task":{"type":1,"data":{"idx":3,"prompt":[1]}},"ok":true,"traces":[5,{"ok":true,"agent":[],"rewards":{"a":1},"nodes":[{"sampled":true}]}]}';
  const read = await readSource(
    verifiers,
    temporarySource(t, `${wild}\n${wild.replace('"idx":3', '"idx":3.5')}`),
  ).catch((error: Error) => error.message);
  assert.match(read as string, /line 2: found the problem .*expected an episode with traces, ok/);
  for (const text of ['<html></html>', '[{"example_id":0}]', '{"prompt":"a","completion":"b","reward":1}'])
    assert.equal(verifiers.recognizes(await openSourceFile(temporarySource(t, text))), false);
});

test('first lines that are longer than what is seen of a file are recognised', async (t) => {
  const long = 'x'.repeat(100_000);
  const rollout = JSON.stringify({ example_id: 0, prompt: long, completion: 'b', reward: 1 });
  const task = episode!.replace('"skills":[]', `"skills":[],"note":"${long}"`);
  for (const line of [rollout, task]) {
    const path = temporarySource(t, line);
    assert.ok(verifiers.recognizes(await openSourceFile(path)));
    assert.equal((await readSource(verifiers, path)).samples.length, 1);
  }
});

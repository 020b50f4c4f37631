import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openSourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { stored, writeZip } from '../zip.fixture.ts';
import { collectSamples, openLog, readLog, unreadable, writeSource } from './inspect-log.fixture.ts';
import { inspectFormat } from './inspect.ts';

const FIXTURES = 'tests/fixtures/imports/inspect';

interface ExpectedSample {
  id: string;
  epoch: number;
  scores: Record<string, { value: number | null; answer: string | null }>;
  error: string | null;
  completion: string;
  output_tokens: number;
}

interface Expected {
  inspect_ai: string;
  logs: Record<string, { status: string; samples: ExpectedSample[] }>;
}

const expected = JSON.parse(readFileSync(`${FIXTURES}/expected.json`, 'utf8')) as Expected;

const keyOf = ({ problemId, sample }: SourceSample): string => `${problemId} ${sample}`;
const byKey = (samples: readonly SourceSample[]): SourceSample[] =>
  [...samples].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** What Inspect itself reads in the log, in the form that a sample is compared in. */
function tellExpected(
  { id, epoch, scores, error, completion, output_tokens }: ExpectedSample,
  scorer: string,
) {
  const score = scores[scorer];
  const value = score?.value ?? null;
  return {
    key: `${id} ${epoch - 1}`,
    score: error === null ? value : null,
    answer: score?.answer ?? null,
    completion,
    tokens: output_tokens,
    error,
  };
}

function tellSample(sample: SourceSample, error: string | null) {
  const { outcome, answer, completion, tokens } = sample;
  return {
    key: keyOf(sample),
    score: outcome.kind === 'scored' ? outcome.score : null,
    answer,
    completion: completion ?? '',
    tokens: tokens ?? 0,
    error: error === null ? null : outcome.kind === 'failed' ? outcome.reason : 'not failed',
  };
}

for (const log of ['careful.eval', 'hasty.eval', 'cancelled.eval', 'killed.eval', 'careful.json'])
  for (const scorer of ['match', 'closeness', 'rubric/correctness', 'rubric/short'])
    test(`${log} holds by ${scorer} what inspect_ai reads in it`, async () => {
      const want = expected.logs[log.replace('.json', '.eval')]!.samples;
      const got = await readLog(`${FIXTURES}/${log}`, scorer);
      assert.equal(got.length, want.length);
      const errors = new Map(want.map(({ id, epoch, error }) => [`${id} ${epoch - 1}`, error]));
      assert.deepEqual(
        byKey(got).map((sample) => tellSample(sample, errors.get(keyOf(sample)) ?? null)),
        want.map((sample) => tellExpected(sample, scorer)).sort((a, b) => (a.key < b.key ? -1 : 1)),
      );
    });

test('a sample is read as it was worked out by hand', async () => {
  const samples = await readLog(`${FIXTURES}/hasty.eval`);
  // `closeness` of 40 to 42 is 1 − 2/42; `match` compares the last word with either target.
  assert.deepEqual(samples[5], {
    arm: null,
    seed: 12,
    split: null,
    problemId: 'add-19-23',
    prompt: 'What is 19 + 23?',
    target: '42 | forty-two',
    cluster: null,
    sample: 0,
    outcome: { kind: 'scored', score: 0 },
    answer: 'It is 40',
    completion: 'It is 40',
    confidence: null,
    tokens: 3,
  } satisfies SourceSample);
  const [, , , , , close] = await readLog(`${FIXTURES}/hasty.eval`, 'closeness');
  assert.deepEqual(close?.outcome, { kind: 'scored', score: 1 - 2 / 42 });
  assert.equal(close.confidence, 0.75);
});

test('messages and choices are part of what was asked', async () => {
  const samples = await readLog(`${FIXTURES}/careful.eval`);
  const promptOf = (id: string) => samples.find(({ problemId }) => problemId === id)?.prompt;
  assert.equal(promptOf('6'), 'Which number is prime?\nA) 21\nB) 23\nC) 25');
  assert.equal(promptOf('subtract'), 'system: Answer with a number.\nuser: What is\n30 - 13?');
});

test('an error is a failure with its first line, a partial score is a half, a score that could not be made is a failure', async () => {
  const rubric = await readLog(`${FIXTURES}/careful.eval`, 'rubric/correctness');
  const outcomeOf = (samples: readonly SourceSample[], key: string) =>
    samples.find((sample) => keyOf(sample) === key)?.outcome;
  assert.deepEqual(outcomeOf(rubric, 'breaks 0'), {
    kind: 'failed',
    reason: String.raw`ZeroDivisionError('division by zero\nin the second line')`,
  });
  assert.deepEqual(outcomeOf(rubric, 'subtract 2'), { kind: 'scored', score: 0.5 });
  const closeness = await readLog(`${FIXTURES}/careful.eval`, 'closeness');
  assert.deepEqual(outcomeOf(closeness, '6 0'), {
    kind: 'failed',
    reason: 'not scored by closeness: invalid_response_format',
  });
});

test('a sample that hit a limit is scored', async () => {
  const samples = await readLog(`${FIXTURES}/careful.eval`);
  const limited = samples.find(({ problemId }) => problemId === 'long');
  assert.deepEqual(limited?.outcome, { kind: 'scored', score: 0 });
});

test('both containers tell the same header and the same samples', async () => {
  const archive = await openLog(`${FIXTURES}/careful.eval`);
  const json = await openLog(`${FIXTURES}/careful.json`);
  assert.deepEqual(json.header, archive.header);
  assert.deepEqual(byKey(await collectSamples(json)), byKey(await collectSamples(archive)));
});

test('the orders of the two arms differ, so that pairs go by content', async () => {
  const [careful, hasty] = await Promise.all([
    readLog(`${FIXTURES}/careful.eval`),
    readLog(`${FIXTURES}/hasty.eval`),
  ]);
  assert.notDeepEqual(careful.map(keyOf), hasty.map(keyOf));
  assert.deepEqual(careful.map(keyOf).sort(), hasty.map(keyOf).sort());
});

test('the header tells the tool, the scorers and what the samples were drawn with', async () => {
  const { header } = await openLog(`${FIXTURES}/careful.eval`);
  assert.deepEqual(header, {
    tool: `inspect_ai ${expected.inspect_ai}`,
    model: 'mockllm/careful',
    task: 'arithmetic',
    scorer: 'match',
    scorers: ['match', 'closeness', 'rubric/correctness', 'rubric/short'],
    settings: {
      seed: 11,
      max_tokens: 64,
      top_p: 0.95,
      temperature: 0.7,
      epochs: 3,
      dataset: 'arithmetic',
      task_version: 0,
      solvers: 'system_message, answer_or_break',
      'system_message.template': 'You do sums.',
    },
    notices: [],
  });
});

test('a cancelled log and one whose run died say how much is there', async () => {
  assert.deepEqual((await openLog(`${FIXTURES}/cancelled.eval`)).header.notices, [
    'status cancelled: 3 of 24 samples are there',
  ]);
  assert.deepEqual((await openLog(`${FIXTURES}/killed.eval`)).header.notices, [
    'status started: the run was still going on, or it died; 2 of 24 samples are there',
  ]);
});

test('an unknown score and a scorer of several values are refused with the names that can be chosen', async () => {
  const names = /match, closeness, rubric\/correctness, rubric\/short/;
  for (const scorer of ['rubric', 'constructor', 'rubric/other'])
    for (const log of ['careful.eval', 'careful.json'])
      await assert.rejects(openLog(`${FIXTURES}/${log}`, scorer), unreadable(names), scorer);
  await assert.rejects(
    openLog(`${FIXTURES}/careful.eval`, 'rubric'),
    unreadable(/gives several values, choose one/),
  );
});

test('a log is known by its content, whatever its name, and other files are not', async () => {
  const renamed = writeSource(readFileSync(`${FIXTURES}/careful.eval`));
  assert.equal((await readLog(renamed)).length, 24);
  for (const content of ['{"eval": 1}', '[]', 'a,b\n1,2', '{"results": {}, "config": {"model": "hf"}}'])
    assert.equal(inspectFormat.recognizes(await openSourceFile(writeSource(content))), false, content);
  const zip = writeSource(writeZip([stored('header.json', '{}'), stored('other.txt', '')]));
  assert.equal(inspectFormat.recognizes(await openSourceFile(zip)), false);
});

test('a log that was cut is refused and says what to do, whatever its container', async () => {
  const archive = readFileSync(`${FIXTURES}/careful.eval`);
  for (const part of [0.1, 0.5, 0.99])
    await assert.rejects(
      openSourceFile(writeSource(archive.subarray(0, Math.floor(archive.length * part)))),
      unreadable(/no whole zip archive: .*; get a whole one/),
    );
  const json = readFileSync(`${FIXTURES}/careful.json`, 'utf8');
  for (const length of [8000, 30_000, json.length - 3])
    await assert.rejects(
      openLog(writeSource(json.slice(0, length))),
      unreadable(/the file was cut, get a whole one/),
    );
});

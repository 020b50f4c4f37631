import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OpenedSource } from '../import-format.ts';
import { openSourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { stored, writeZip, zstandard } from '../zip.fixture.ts';
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
const directory = mkdtempSync(join(tmpdir(), 'assay-inspect-'));
let written = 0;

function write(content: string | Uint8Array): string {
  const path = join(directory, `${(written += 1)}`);
  writeFileSync(path, content);
  return path;
}

async function open(path: string, scorer: string | null = null): Promise<OpenedSource> {
  const file = await openSourceFile(path);
  assert.equal(inspectFormat.recognizes(file), true, path);
  return inspectFormat.open(file, { scorer, fields: {} });
}

async function collect({ samples }: OpenedSource): Promise<SourceSample[]> {
  const all: SourceSample[] = [];
  for await (const sample of samples) all.push(sample);
  return all;
}

const readAll = async (path: string, scorer: string | null = null): Promise<SourceSample[]> =>
  collect(await open(path, scorer));

const keyOf = ({ problemId, sample }: SourceSample): string => `${problemId} ${sample}`;
const byKey = (samples: readonly SourceSample[]): SourceSample[] =>
  [...samples].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof UnreadableSourceError && message.test(error.message);

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
      const got = await readAll(`${FIXTURES}/${log}`, scorer);
      assert.equal(got.length, want.length);
      const errors = new Map(want.map(({ id, epoch, error }) => [`${id} ${epoch - 1}`, error]));
      assert.deepEqual(
        byKey(got).map((sample) => tellSample(sample, errors.get(keyOf(sample)) ?? null)),
        want.map((sample) => tellExpected(sample, scorer)).sort((a, b) => (a.key < b.key ? -1 : 1)),
      );
    });

test('a sample is read as it was worked out by hand', async () => {
  const samples = await readAll(`${FIXTURES}/hasty.eval`);
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
  const [, , , , , close] = await readAll(`${FIXTURES}/hasty.eval`, 'closeness');
  assert.deepEqual(close?.outcome, { kind: 'scored', score: 1 - 2 / 42 });
  assert.equal(close.confidence, 0.75);
});

test('messages and choices are part of what was asked', async () => {
  const samples = await readAll(`${FIXTURES}/careful.eval`);
  const promptOf = (id: string) => samples.find(({ problemId }) => problemId === id)?.prompt;
  assert.equal(promptOf('6'), 'Which number is prime?\nA) 21\nB) 23\nC) 25');
  assert.equal(promptOf('subtract'), 'system: Answer with a number.\nuser: What is\n30 - 13?');
});

test('an error is a failure with its first line, a partial score is a half, a score that could not be made is a failure', async () => {
  const rubric = await readAll(`${FIXTURES}/careful.eval`, 'rubric/correctness');
  const outcomeOf = (samples: readonly SourceSample[], key: string) =>
    samples.find((sample) => keyOf(sample) === key)?.outcome;
  assert.deepEqual(outcomeOf(rubric, 'breaks 0'), {
    kind: 'failed',
    reason: String.raw`ZeroDivisionError('division by zero\nin the second line')`,
  });
  assert.deepEqual(outcomeOf(rubric, 'subtract 2'), { kind: 'scored', score: 0.5 });
  const closeness = await readAll(`${FIXTURES}/careful.eval`, 'closeness');
  assert.deepEqual(outcomeOf(closeness, '6 0'), {
    kind: 'failed',
    reason: 'not scored by closeness: invalid_response_format',
  });
});

test('a sample that hit a limit is scored', async () => {
  const samples = await readAll(`${FIXTURES}/careful.eval`);
  const limited = samples.find(({ problemId }) => problemId === 'long');
  assert.deepEqual(limited?.outcome, { kind: 'scored', score: 0 });
});

test('both containers tell the same header and the same samples', async () => {
  const archive = await open(`${FIXTURES}/careful.eval`);
  const json = await open(`${FIXTURES}/careful.json`);
  assert.deepEqual(json.header, archive.header);
  assert.deepEqual(byKey(await collect(json)), byKey(await collect(archive)));
});

test('the orders of the two arms differ, so that pairs go by content', async () => {
  const [careful, hasty] = await Promise.all([
    readAll(`${FIXTURES}/careful.eval`),
    readAll(`${FIXTURES}/hasty.eval`),
  ]);
  assert.notDeepEqual(careful.map(keyOf), hasty.map(keyOf));
  assert.deepEqual(careful.map(keyOf).sort(), hasty.map(keyOf).sort());
});

test('the header tells the tool, the scorers and what the samples were drawn with', async () => {
  const { header } = await open(`${FIXTURES}/careful.eval`);
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
  assert.deepEqual((await open(`${FIXTURES}/cancelled.eval`)).header.notices, [
    'status cancelled: 3 of 24 samples are there',
  ]);
  assert.deepEqual((await open(`${FIXTURES}/killed.eval`)).header.notices, [
    'status started: the run was still going on, or it died; 2 of 24 samples are there',
  ]);
});

test('an unknown score and a scorer of several values are refused with the names that can be chosen', async () => {
  const names = /match, closeness, rubric\/correctness, rubric\/short/;
  for (const scorer of ['rubric', 'constructor', 'rubric/other'])
    for (const log of ['careful.eval', 'careful.json'])
      await assert.rejects(open(`${FIXTURES}/${log}`, scorer), unreadable(names), scorer);
  await assert.rejects(
    open(`${FIXTURES}/careful.eval`, 'rubric'),
    unreadable(/gives several values, choose one/),
  );
});

test('a log is known by its content, whatever its name, and other files are not', async () => {
  const renamed = join(directory, 'results.csv');
  copyFileSync(`${FIXTURES}/careful.eval`, renamed);
  assert.equal((await readAll(renamed)).length, 24);
  for (const content of ['{"eval": 1}', '[]', 'a,b\n1,2', '{"results": {}, "config": {"model": "hf"}}'])
    assert.equal(inspectFormat.recognizes(await openSourceFile(write(content))), false, content);
  const zip = write(writeZip([stored('header.json', '{}'), stored('other.txt', '')]));
  assert.equal(inspectFormat.recognizes(await openSourceFile(zip)), false);
});

const EVAL = '"eval": {"run_id": "r", "task": "t", "model": "m", "dataset": {"samples": 1}, "packages": {}}';
const jsonLog = (...samples: readonly string[]): string =>
  `{"version": 2, "status": "success", ${EVAL}, "samples": [${samples.join(', ')}]}`;
const sampleOf = (scores: string, rest = ''): string =>
  `{"id": 1, "epoch": 1, "input": "q", "target": "a", "scores": ${scores}${rest}}`;
const valueOf = (value: string): string => sampleOf(`{"s": {"value": ${value}}}`);

async function readOutcomes(...values: readonly string[]): Promise<(number | string)[]> {
  const samples = await readAll(write(jsonLog(...values.map(valueOf))), 's');
  return samples.map(({ outcome }) => (outcome.kind === 'scored' ? outcome.score : outcome.reason));
}

test("values become numbers as by Inspect's value_to_float, and what is none there is a failure here", async () => {
  assert.deepEqual(
    await readOutcomes(
      '"C"',
      '"I"',
      '"P"',
      '"N"',
      '0.25',
      '-3',
      'true',
      'false',
      '"Yes"',
      '"FALSE"',
      '"1e-1"',
    ),
    [1, 0, 0.5, 0, 0.25, -3, 1, 0, 1, 0, 0.1],
  );
  assert.deepEqual(await readOutcomes('"C"', '"c"', '"0x10"', '""', 'NaN', '{"k": 1}', '[1]', 'null'), [
    1,
    's is no number: "c"',
    's is no number: "0x10"',
    's is no number: ""',
    'not scored by s',
    's has several values, name one of s/k',
    's has several values, name one of s/0',
    'not scored by s',
  ]);
});

test('an element of a list of values is chosen by its place', async () => {
  const [sample] = await readAll(write(jsonLog(valueOf('["I", "P"]'))), 's/1');
  assert.deepEqual(sample?.outcome, { kind: 'scored', score: 0.5 });
});

test('a log without any score is read, and its samples failed as not scored', async () => {
  const source = await open(write(jsonLog(sampleOf('{}'), sampleOf('null'))));
  assert.equal(source.header.scorer, null);
  assert.deepEqual(
    (await collect(source)).map(({ outcome }) => outcome),
    [
      { kind: 'failed', reason: 'not scored' },
      { kind: 'failed', reason: 'not scored' },
    ],
  );
});

test('a sample that was declared invalid failed, and the log says so', async () => {
  const invalid = sampleOf('{"s": {"value": 1}}', ', "invalidation": {"author": "a", "reason": "wrong key"}');
  const source = await open(write(jsonLog(invalid).replace('"version"', '"invalidated": true, "version"')));
  assert.deepEqual((await collect(source))[0]?.outcome, {
    kind: 'failed',
    reason: 'declared invalid: wrong key',
  });
  assert.match(source.header.notices.join(), /declared invalid: they count as failed/);
});

test('tokens are those of the model that was evaluated, not of one that grades', async () => {
  const usage = ', "model_usage": {"m": {"output_tokens": 5}, "grader": {"output_tokens": 70}}';
  const others = ', "model_usage": {"x": {"output_tokens": 5}, "y": {"output_tokens": 70}}';
  const output = ', "output": {"completion": "c", "usage": {"output_tokens": 9}}';
  const samples = await readAll(
    write(jsonLog(...[usage, others, output, ''].map((rest) => sampleOf('{}', rest)))),
  );
  assert.deepEqual(
    samples.map(({ tokens }) => tokens),
    [5, 75, 9, null],
  );
});

test('what a log keeps apart under a hash is put in its place, and a picture is told by a hash', async () => {
  const picture = '{"type": "image", "image": "data:image/png;base64,AAAA"}';
  const input = `[{"role": "user", "content": [{"type": "text", "text": "attachment://h"}, ${picture}]}]`;
  const sample = `{"id": "a", "epoch": 1, "input": ${input}, "target": "", "attachments": {"h": "long text"}}`;
  const [read] = await readAll(write(jsonLog(sample)));
  assert.match(read!.prompt!, /^user: long text\n\[image [0-9a-f]{64}\]$/);
});

test('members of a log that come in another order, after the samples too, are read', async () => {
  const log = `{${EVAL}, "samples": [${valueOf('1')}], "status": "cancelled", "version": 2}`;
  const source = await open(write(log));
  assert.deepEqual(source.header.notices, ['status cancelled: 1 of 1 samples are there']);
});

test('hostile names and text are text: nothing of them reaches a prototype, a path or a page', async () => {
  const html = '<script>alert(1)</script>';
  const hostile = `{"id": "__proto__", "epoch": 1, "input": "${html}", "target": ["${html}"],
    "__proto__": {"polluted": 1}, "scores": {"__proto__": {"value": {"__proto__": 1}}, "s": {"value": 1}},
    "model_usage": {"constructor": {"output_tokens": 1}}}`;
  const path = write(
    jsonLog(hostile).replace('"task": "t"', `"task": "${html}", "task_args": {"__proto__": 5}`),
  );
  const source = await open(path, 's');
  assert.equal(source.header.task, html);
  const [sample] = await collect(source);
  assert.deepEqual([sample?.problemId, sample?.prompt, sample?.target], ['__proto__', html, html]);
  assert.deepEqual(sample?.outcome, { kind: 'scored', score: 1 });
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('a hostile archive: a sample is where its name says, or the archive is refused', async () => {
  const header = stored('header.json', `{"status": "success", ${EVAL}}`);
  const odd = zstandard('samples/<b>:\u202E_epoch_1.json', valueOf('"C"'));
  assert.equal((await readAll(write(writeZip([header, odd]))))[0]?.outcome.kind, 'scored');
  await assert.rejects(
    openSourceFile(write(writeZip([header, stored('samples/../../x.json', '{}')]))),
    unreadable(/invalid relative path/),
  );
});

test('of a sample that was run again the later record counts', async () => {
  const header = stored('header.json', `{"status": "success", ${EVAL}}`);
  const name = 'samples/1_epoch_1.json';
  const source = await open(
    write(writeZip([header, stored(name, valueOf('"I"')), stored(name, valueOf('"C"'))])),
  );
  assert.deepEqual(
    (await collect(source)).map(({ outcome }) => outcome),
    [{ kind: 'scored', score: 1 }],
  );
  assert.deepEqual(source.header.notices, []);
});

test('samples that are none are refused with their place', async () => {
  for (const sample of ['7', '"x"', '[1]', 'null'])
    await assert.rejects(
      readAll(write(jsonLog(valueOf('1'), sample))),
      unreadable(/item 2 of `samples`: found .*, expected a sample: an object/),
      sample,
    );
  await assert.rejects(readAll(write(jsonLog('{"epoch": 1}'))), unreadable(/item 1 of `samples`: .*no `id`/));
  await assert.rejects(readAll(write(jsonLog('{"id": 1 2}'))), unreadable(/item 1 of `samples`: no JSON/));
});

test('a log of no samples and a header that lacks its model are refused', async () => {
  await assert.rejects(open(write(jsonLog())), unreadable(/holds no samples, expected at least one/));
  const log = jsonLog(valueOf('1')).replace('"model": "m"', '"model": 5');
  await assert.rejects(open(write(log)), unreadable(/no header of an Inspect log: `eval.model`/));
});

test('a log that was cut is refused and says what to do, whatever its container', async () => {
  const archive = readFileSync(`${FIXTURES}/careful.eval`);
  for (const part of [0.1, 0.5, 0.99])
    await assert.rejects(
      openSourceFile(write(archive.subarray(0, Math.floor(archive.length * part)))),
      unreadable(/no whole zip archive: .*; get a whole one/),
    );
  const json = readFileSync(`${FIXTURES}/careful.json`, 'utf8');
  for (const length of [8000, 30_000, json.length - 3])
    await assert.rejects(open(write(json.slice(0, length))), unreadable(/the file was cut, get a whole one/));
});

import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { everyEvalEver } from './every-eval-ever.ts';
import { readSource, temporarySource } from './formats.fixture.ts';

const FIXTURES = fileURLToPath(new URL('../../tests/fixtures/imports/every-eval-ever/', import.meta.url));
const ASSAY = fileURLToPath(new URL('../../tests/fixtures/imports/assay-record/', import.meta.url));

interface Expected {
  samples: string;
  scores: Record<string, number>;
}

const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  'seed-11' | 'seed-12',
  Record<'sums' | 'capitals', Expected>
>;
const SUMS = join(FIXTURES, expected['seed-11'].sums.samples);

const scoreOf = ({ outcome }: SourceSample): number => (outcome.kind === 'scored' ? outcome.score : NaN);

interface Row {
  [name: string]: unknown;
  evaluation: Record<string, unknown>;
}

const rows = readFileSync(SUMS, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const sourceOf = (t: TestContext, ...found: readonly object[]): string =>
  temporarySource(t, found.map((each) => `${JSON.stringify(each)}\n`).join(''));

/** A samples file under its own name with its aggregate document, its text changed. */
function changedSource(t: TestContext, change: (text: string) => string): string {
  const path = temporarySource(t, change(readFileSync(SUMS, 'utf8')), basename(SUMS));
  const aggregate = SUMS.replace('_samples.jsonl', '.json');
  copyFileSync(aggregate, join(dirname(path), basename(aggregate)));
  return path;
}

test('every score has the mean that its aggregate document reports', async () => {
  for (const { samples, scores } of Object.values(expected).flatMap(Object.values<Expected>))
    for (const [scorer, mean] of Object.entries(scores)) {
      const { header, samples: found } = await readSource(everyEvalEver, join(FIXTURES, samples), { scorer });
      assert.equal(header.scorer, scorer);
      assert.equal(found.length, 4);
      assert.equal(found.reduce((sum, each) => sum + scoreOf(each), 0) / 4, mean);
    }
});

test('the header has model, task, tool, scores and sampling', async () => {
  const { header } = await readSource(everyEvalEver, SUMS);
  assert.deepEqual(header, {
    ...{ tool: 'lm_eval 0.4.13', model: 'example/adder', task: 'sums/strict-match' },
    scorer: 'exact_match:strict-match',
    scorers: ['exact_match:strict-match', 'exact_match:maj@3'],
    settings: { temperature: 0.7, max_tokens: 16, until: '["\\n"]', do_sample: 'true', num_fewshot: '0' },
    notices: [],
  });
});

test('a row has prompt with its choices, reference, answer and output', async () => {
  const { samples } = await readSource(everyEvalEver, join(FIXTURES, expected['seed-11'].capitals.samples));
  const [france] = samples;
  assert.deepEqual(france, {
    ...{ arm: null, seed: null, split: null, problemId: '0', cluster: null, sample: null },
    prompt: 'The capital of France is\nParis\nRome\nUlaanbaatar\nSão Tomé',
    target: '0',
    outcome: { kind: 'scored', score: france!.answer === 'Paris' ? 1 : 0 },
    ...{ answer: france!.answer, completion: france!.answer, confidence: null, tokens: null },
  });
});

test("Assay's own records have the splits that they were evaluated on, under one score", async () => {
  const [name] = readdirSync(ASSAY, { recursive: true, encoding: 'utf8' }).filter((found) =>
    found.endsWith('_samples.jsonl'),
  );
  const { header, samples } = await readSource(everyEvalEver, join(ASSAY, name!));
  assert.deepEqual([header.tool, header.scorer], ['assay 0.1.0', 'pass_at_1']);
  assert.deepEqual(header.scorers, ['pass_at_1', 'pass_at_2', 'pass_at_4']);
  assert.equal(header.settings['temperature'], 1);
  // Counts of the store that was exported: 1 and 4 right of 4, and 0 of 4.
  assert.deepEqual(
    samples.map((each) => [each.split, each.problemId, scoreOf(each), each.prompt, each.target]),
    [
      ['clean', 'clean-0', 0.25, '0+é=', '0'],
      ['clean', 'clean-1', 1, '1+é=', '1'],
      ['contaminated', 'contaminated-0', 0, '0+é=', '0'],
    ],
  );
  assert.deepEqual([samples[0]!.answer, samples[0]!.completion], ['0', '#0\n\nx']);
  await assert.rejects(
    readSource(everyEvalEver, join(ASSAY, name!), { scorer: 'pass_at_4' }),
    /there is no score "pass_at_4"; it has pass_at_1/,
  );
});

test('a row with an error is a failure, and so is a score that is no number', async (t) => {
  const path = sourceOf(
    t,
    { ...rows[0]!, error: 'refused' },
    { ...rows[1]!, evaluation: { score: null, is_correct: false } },
    { ...rows[2]!, evaluation: { is_correct: true } },
  );
  const { samples } = await readSource(everyEvalEver, path);
  assert.deepEqual(
    samples.map(({ outcome }) => outcome.kind === 'failed' && outcome.reason),
    ['refused', 'score is null, expected a finite number', 'score is missing, expected a finite number'],
  );
});

test("a conversation is read from the model's first answer on, with its tokens", async (t) => {
  const messages = [
    { turn_idx: 0, role: 'user', content: 'Q' },
    { turn_idx: 1, role: 'assistant', content: 'A?' },
    { turn_idx: 2, role: 'tool', content: null },
    { turn_idx: 3, role: 'assistant', content: 'B' },
  ];
  const usage = { input_tokens: 9, output_tokens: 5, total_tokens: 14 };
  const row = { ...rows[0]!, interaction_type: 'agentic', output: null, messages, token_usage: usage };
  const [sample] = (await readSource(everyEvalEver, sourceOf(t, row))).samples;
  assert.equal(sample!.completion, 'assistant: A?\n\ntool: \n\nassistant: B');
  assert.equal(sample!.tokens, 5);
});

test('a renamed file is recognised, and says that tool and settings are not known', async (t) => {
  const path = temporarySource(t, readFileSync(SUMS), 'mine');
  assert.ok(everyEvalEver.recognizes(await openSourceFile(path)));
  const { header, samples } = await readSource(everyEvalEver, path);
  assert.deepEqual([header.tool, header.model, samples.length], [null, 'example/adder', 4]);
  assert.match(header.notices[0]!, /^the aggregate document cannot be told, since .* UUID_samples\.jsonl/);
  assert.equal((await readSource(everyEvalEver, path, { scorer: 'exact_match:maj@3' })).samples.length, 4);
});

test("another evaluation's aggregate document is not taken", async (t) => {
  const path = changedSource(t, (text) =>
    text.replaceAll('"evaluation_id": "sums/', '"evaluation_id": "other/'),
  );
  const { header } = await readSource(everyEvalEver, path);
  assert.match(header.notices[0]!, /^the aggregate document is of the evaluation "sums\//);
});

test('two evaluations in one file are refused, not mixed', async (t) => {
  const path = sourceOf(t, rows[0]!, { ...rows[1]!, model_id: 'example/other' });
  await assert.rejects(
    readSource(everyEvalEver, path),
    /line 2: found a row of the evaluation ".* of example\/other", expected .*give each evaluation as a file of its own/,
  );
});

test('a file that was cut is refused: within a line at that line, between lines by its number of rows', async (t) => {
  const within = changedSource(t, (text) => text.slice(0, -25));
  await assert.rejects(readSource(everyEvalEver, within), (error: Error) => {
    assert.ok(error instanceof UnreadableSourceError);
    assert.ok(
      error.message.startsWith(`${within}, line 8: the last line breaks off: the file was probably cut`),
    );
    return true;
  });
  const between = changedSource(t, (text) => text.slice(0, text.trimEnd().lastIndexOf('\n') + 1));
  await assert.rejects(readSource(everyEvalEver, between), /found 7 rows, expected 8 .*probably cut/);
});

test('hostile rows harm nothing, and a wrong one is named', async (t) => {
  const hostile = `{"__proto__":{"polluted":1},${JSON.stringify({ ...rows[0]!, error: '<script>' }).slice(1)}`;
  const { samples } = await readSource(everyEvalEver, temporarySource(t, hostile));
  assert.deepEqual(samples[0]!.outcome, { kind: 'failed', reason: '<script>' });
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  const huge = JSON.stringify(rows[0]).replace(/"score":\d+/, '"score":1e999');
  const [sample] = (await readSource(everyEvalEver, temporarySource(t, huge))).samples;
  assert.match(JSON.stringify(sample!.outcome), /score is Infinity/);
  const wrong = sourceOf(t, rows[0]!, { ...rows[1]!, input: { raw: 5, reference: [] } });
  await assert.rejects(
    readSource(everyEvalEver, wrong),
    /line 2: input\.raw is not what the format has there/,
  );
  for (const text of ['<html></html>', '{"schema_version":"0.3.0","evaluation_id":"a"}', '[]'])
    assert.equal(everyEvalEver.recognizes(await openSourceFile(temporarySource(t, text))), false);
});

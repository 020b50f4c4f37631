import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { readSource, temporarySource } from './formats.fixture.ts';
import { lmEval } from './lm-eval.ts';

const FIXTURES = fileURLToPath(new URL('../../tests/fixtures/imports/lm-eval/', import.meta.url));

interface Expected {
  samples: string;
  results: string;
  scores: Record<string, Record<string, number>>;
  aggregates: Record<string, number>;
}

const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  'seed-11' | 'seed-12',
  Record<'sums' | 'capitals', Expected>
>;
const { sums, capitals } = expected['seed-11'];
const SUMS = join(FIXTURES, sums.samples);

const scoreOf = ({ outcome }: SourceSample): number => (outcome.kind === 'scored' ? outcome.score : NaN);

const row = {
  ...{ doc_id: 0, doc: {}, target: '8', filter: 'none', metrics: ['exact_match'] },
  arguments: { gen_args_0: { arg_0: '1 + 7 =', arg_1: { until: ['\n'] } } },
  ...{ resps: [['8', '9']], filtered_resps: [['8', '9']], exact_match: 1 },
};

const sourceOf = (t: TestContext, ...rows: readonly object[]): string =>
  temporarySource(t, rows.map((each) => `${JSON.stringify(each)}\n`).join(''));

test('every score of every task has the mean that the harness itself reports', async () => {
  const files = Object.values(expected).flatMap(({ sums, capitals }) => [sums, capitals]);
  for (const { samples, scores, aggregates } of files)
    for (const [scorer, wanted] of Object.entries(scores)) {
      const { header, samples: found } = await readSource(lmEval, join(FIXTURES, samples), { scorer });
      assert.equal(header.scorer, scorer);
      assert.deepEqual(Object.fromEntries(found.map((each) => [each.problemId, scoreOf(each)])), wanted);
      assert.equal(found.reduce((sum, each) => sum + scoreOf(each), 0) / found.length, aggregates[scorer]);
    }
});

test('generations have prompt, target, the answer of their filter and all responses', async () => {
  const { samples } = await readSource(lmEval, SUMS, { scorer: 'exact_match,maj@3' });
  assert.equal(samples.length, 4);
  const rows = readFileSync(SUMS, 'utf8').trimEnd().split('\n');
  const last = JSON.parse(rows.at(-1)!) as { resps: string[][]; filtered_resps: string[] };
  const [one, two, three] = last.resps[0]!;
  assert.deepEqual(samples.at(-1), {
    ...{ arm: null, seed: 11, split: null, problemId: '3', prompt: '30 + 7 =', target: '37', cluster: null },
    ...{ sample: null, outcome: samples.at(-1)!.outcome, answer: last.filtered_resps[0] },
    completion: `[response 1 of 3]\n${one}\n\n[response 2 of 3]\n${two}\n\n[response 3 of 3]\n${three}`,
    ...{ confidence: null, tokens: null },
  });
});

test('what a filter did not find is no answer', async () => {
  const { samples } = await readSource(lmEval, join(FIXTURES, expected['seed-12'].sums.samples));
  // Of this arm the script's "strict-match" misses three of four first responses, or finds a wrong sum.
  assert.ok(samples.some(({ answer }) => answer === null));
  assert.ok(samples.every(({ answer }) => answer === null || /^\d+$/.test(answer)));
});

test('a choice has all continuations in its prompt, and the likeliest one as its answer', async () => {
  const { samples, header } = await readSource(lmEval, join(FIXTURES, capitals.samples));
  assert.deepEqual(header.scorers, ['acc,none', 'acc_norm,none']);
  const [france] = samples;
  assert.equal(france!.prompt, 'The capital of France is\n Paris\n Rome\n Ulaanbaatar\n São Tomé');
  assert.equal(france!.target, '0');
  for (const [i, { answer, outcome }] of samples.entries()) {
    const right = [' Paris', ' Rome', ' Ulaanbaatar', ' São Tomé'][i];
    assert.deepEqual(outcome, { kind: 'scored', score: answer === right ? 1 : 0 });
  }
});

test('the results file of the same evaluation tells model, version, task and settings', async () => {
  const { header } = await readSource(lmEval, SUMS);
  assert.deepEqual(
    { ...header, settings: null },
    {
      ...{ tool: 'lm_eval 0.4.13', model: 'example/adder', task: 'sums', settings: null },
      ...{
        scorer: 'exact_match,strict-match',
        scorers: ['exact_match,strict-match', 'exact_match,maj@3'],
      },
      notices: ['each problem has 3 responses and one score, of the filter strict-match: one sample each'],
    },
  );
  const { temperature, num_fewshot, limit, random_seed, batch_size, until, model_args } = header.settings;
  assert.deepEqual(
    { temperature, num_fewshot, limit, random_seed, batch_size, until, model_args },
    {
      ...{ temperature: 0.7, num_fewshot: 0, limit: 4, random_seed: 11, batch_size: '1' },
      ...{ until: '["\\n"]', model_args: '{"pretrained":"example/adder"}' },
    },
  );
});

test('a renamed samples file is recognised, and says what is then not known', async (t) => {
  const path = temporarySource(t, readFileSync(SUMS), 'mine.txt');
  assert.ok(lmEval.recognizes(await openSourceFile(path)));
  const { header, samples } = await readSource(lmEval, path, { scorer: 'exact_match' });
  assert.deepEqual([header.model, header.task, header.scorer], [null, null, 'exact_match,strict-match']);
  assert.equal(header.settings['temperature'], 0.7);
  assert.match(header.notices[0]!, /the results file cannot be told, since .* not named samples_TASK_DATE/);
  assert.equal(samples.length, 4);
  assert.equal(samples[0]!.seed, null);
});

test('the results file is recognised and refused, with the file to give in its place', async () => {
  const file = await openSourceFile(join(FIXTURES, sums.results));
  assert.ok(lmEval.recognizes(file));
  await assert.rejects(lmEval.open(file, { scorer: null, fields: {} }), (error: Error) => {
    assert.ok(error instanceof UnreadableSourceError);
    assert.match(error.message, /results_.*\.json: it is a results file .* give samples_TASK_DATE\.jsonl/);
    return true;
  });
});

test('a score that is not there is refused with those that are', async (t) => {
  await assert.rejects(
    readSource(lmEval, SUMS, { scorer: 'acc' }),
    /no score "acc": it has exact_match,strict-match and exact_match,maj@3; name one as metric or metric,filter/,
  );
  const alone = temporarySource(t, readFileSync(SUMS));
  await assert.rejects(
    readSource(lmEval, alone, { scorer: 'exact_match,none' }),
    /no row has the filter "none"/,
  );
});

test('a metric with a value for each repeat gives a sample for each', async (t) => {
  const path = sourceOf(
    t,
    { ...row, exact_match: [1, false] },
    { ...row, doc_id: 1, exact_match: [0, null] },
  );
  const { samples, header } = await readSource(lmEval, path);
  assert.deepEqual(
    samples.map(({ problemId, sample, answer, completion, outcome }) => [
      ...[problemId, sample, answer, completion],
      outcome.kind === 'scored' ? outcome.score : outcome.reason,
    ]),
    [
      ['0', 0, '8', '8', 1],
      ['0', 1, '9', '9', 0],
      ['1', 0, '8', '8', 0],
      ['1', 1, '9', '9', 'exact_match,none is null, expected a finite number'],
    ],
  );
  assert.equal(header.notices.length, 1);
});

test('a value that is no number is a failure, never 0', async (t) => {
  const values = [null, '1', [1, 2, 3], {}, undefined];
  const lines = values.map((value, i) => JSON.stringify({ ...row, doc_id: i, exact_match: value }));
  const odd = [`${JSON.stringify(row).slice(0, -1)},"exact_match":NaN}`, lines[0]!.replace('null', '1e999')];
  const { samples } = await readSource(lmEval, temporarySource(t, [...lines, ...odd].join('\n')));
  assert.equal(samples.length, 7);
  for (const { outcome } of samples) assert.equal(outcome.kind, 'failed');
  assert.match(JSON.stringify(samples[6]!.outcome), /exact_match,none is Infinity/);
});

test('rows of a version without filters and list of metrics are read, arguments as lists too', async (t) => {
  const { filter: _, metrics: __, ...old } = row;
  const path = sourceOf(t, {
    ...old,
    arguments: [['1 + 7 =', { until: [] }]],
    resps: [['8']],
    filtered_resps: ['8'],
  });
  const { header, samples } = await readSource(lmEval, path);
  assert.equal(header.scorer, 'exact_match,none');
  assert.deepEqual([samples[0]!.prompt, samples[0]!.completion, scoreOf(samples[0]!)], ['1 + 7 =', '8', 1]);
});

test('a first line that is longer than what is seen of a file is recognised', async (t) => {
  const path = sourceOf(t, { ...row, doc: { text: 'x'.repeat(100_000) } });
  assert.ok(lmEval.recognizes(await openSourceFile(path)));
  assert.equal((await readSource(lmEval, path)).samples.length, 1);
});

test('hostile rows harm nothing, and what they hold comes through as text', async (t) => {
  const hostile =
    '{"__proto__":{"polluted":1},"doc_id":0,"resps":[["<script>"]],"filtered_resps":[[[{}]]],"metrics":["__proto__",7],' +
    '"arguments":{"__proto__":[1],"a":7},"target":{"a":1},"filter":5}';
  const { samples, header } = await readSource(lmEval, temporarySource(t, hostile));
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.equal(header.scorer, '__proto__,none');
  assert.equal(samples[0]!.outcome.kind, 'failed');
  assert.equal(samples[0]!.completion, '<script>');
  for (const text of ['<html><body>502</body></html>', '[]', '"doc_id"', '{"doc_id": 1}']) {
    const path = temporarySource(t, text);
    assert.equal(lmEval.recognizes(await openSourceFile(path)), false);
  }
  const wrong = sourceOf(t, row, { ...row, doc_id: { a: 1 } });
  await assert.rejects(
    readSource(lmEval, wrong),
    /line 2: doc_id is \{"a":1\}, expected the number of a document/,
  );
});

/** The samples under their own name with their results file, the samples changed. */
function changedSource(t: TestContext, change: (text: string) => string): string {
  const path = temporarySource(t, change(readFileSync(SUMS, 'utf8')), basename(SUMS));
  copyFileSync(join(FIXTURES, sums.results), join(dirname(path), basename(sums.results)));
  return path;
}

test('a file that was cut within a line is refused, at that line', async (t) => {
  const path = changedSource(t, (text) => text.slice(0, -40));
  await assert.rejects(readSource(lmEval, path), (error: Error) => {
    assert.ok(error instanceof UnreadableSourceError);
    assert.ok(
      error.message.startsWith(`${path}, line 8: the last line breaks off: the file was probably cut`),
    );
    return true;
  });
  const damaged = changedSource(t, (text) => text.replace('"doc_id": 1', '"doc_id": '));
  await assert.rejects(readSource(lmEval, damaged), /line 2: found "\{.*expected one JSON object a line/);
});

test("a file that was cut between lines is refused by the harness's own checksum", async (t) => {
  assert.equal(
    (
      await readSource(
        lmEval,
        changedSource(t, (text) => text),
      )
    ).samples.length,
    4,
  );
  const path = changedSource(t, (text) => text.slice(0, text.trimEnd().lastIndexOf('\n') + 1));
  await assert.rejects(
    readSource(lmEval, path),
    /checksum task_hashes: rows were probably cut off or changed/,
  );
});

test('a damaged results file is told, and the samples are read', async (t) => {
  const path = changedSource(t, (text) => text);
  writeFileSync(join(dirname(path), basename(sums.results)), '{"results": {"sums": ');
  const { header, samples } = await readSource(lmEval, path);
  assert.equal(samples.length, 4);
  assert.match(
    header.notices[0]!,
    /^the results file cannot be read: .*: model and settings are not told in full$/,
  );
});

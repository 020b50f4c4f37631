import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSourceFile } from '../source-file.ts';
import { stored, writeZip, zstandard } from '../zip.fixture.ts';
import { collectSamples, openLog, readLog, unreadable, writeSource } from './inspect-log.fixture.ts';

const EVAL = '"eval": {"run_id": "r", "task": "t", "model": "m", "dataset": {"samples": 1}, "packages": {}}';
const jsonLog = (...samples: readonly string[]): string =>
  `{"version": 2, "status": "success", ${EVAL}, "samples": [${samples.join(', ')}]}`;
const sampleOf = (scores: string, rest = ''): string =>
  `{"id": 1, "epoch": 1, "input": "q", "target": "a", "scores": ${scores}${rest}}`;
const valueOf = (value: string): string => sampleOf(`{"s": {"value": ${value}}}`);

async function readOutcomes(...values: readonly string[]): Promise<(number | string)[]> {
  const samples = await readLog(writeSource(jsonLog(...values.map(valueOf))), 's');
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
  const [sample] = await readLog(writeSource(jsonLog(valueOf('["I", "P"]'))), 's/1');
  assert.deepEqual(sample?.outcome, { kind: 'scored', score: 0.5 });
});

test('a score that the first sample lacks is known from the results', async () => {
  const results = '"results": {"scores": [{"name": "k", "scorer": "late"}, {"name": "s", "scorer": "s"}]}';
  const late = sampleOf('{"s": {"value": 1}, "late": {"value": {"k": "P"}}}');
  const path = writeSource(jsonLog(valueOf('1'), late).replace('"version"', `${results}, "version"`));
  assert.deepEqual((await openLog(path)).header.scorers, ['s', 'late/k']);
  assert.deepEqual(
    (await readLog(path, 'late/k')).map(({ outcome }) => outcome),
    [
      { kind: 'failed', reason: 'not scored by late' },
      { kind: 'scored', score: 0.5 },
    ],
  );
});

test('a log without any score is read, and its samples failed as not scored', async () => {
  const source = await openLog(writeSource(jsonLog(sampleOf('{}'), sampleOf('null'))));
  assert.equal(source.header.scorer, null);
  assert.deepEqual(
    (await collectSamples(source)).map(({ outcome }) => outcome),
    [
      { kind: 'failed', reason: 'not scored' },
      { kind: 'failed', reason: 'not scored' },
    ],
  );
});

test('a sample that was declared invalid failed, and the log says so', async () => {
  const invalid = sampleOf('{"s": {"value": 1}}', ', "invalidation": {"author": "a", "reason": "wrong key"}');
  const source = await openLog(
    writeSource(jsonLog(invalid).replace('"version"', '"invalidated": true, "version"')),
  );
  assert.deepEqual((await collectSamples(source))[0]?.outcome, {
    kind: 'failed',
    reason: 'declared invalid: wrong key',
  });
  assert.match(source.header.notices.join(), /declared invalid: they count as failed/);
});

test('tokens are those of the model that was evaluated, not of one that grades', async () => {
  const usage = ', "model_usage": {"m": {"output_tokens": 5}, "grader": {"output_tokens": 70}}';
  const others = ', "model_usage": {"x": {"output_tokens": 5}, "y": {"output_tokens": 70}}';
  const output = ', "output": {"completion": "c", "usage": {"output_tokens": 9}}';
  const samples = await readLog(
    writeSource(jsonLog(...[usage, others, output, ''].map((rest) => sampleOf('{}', rest)))),
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
  const [read] = await readLog(writeSource(jsonLog(sample)));
  assert.match(read!.prompt!, /^user: long text\n\[image [0-9a-f]{64}\]$/);
});

test('members of a log that come in another order, after the samples too, are read', async () => {
  const log = `{${EVAL}, "samples": [${valueOf('1')}], "status": "cancelled", "version": 2}`;
  const source = await openLog(writeSource(log));
  assert.deepEqual(source.header.notices, ['status cancelled: 1 of 1 samples are there']);
});

test('hostile names and text are text: nothing of them reaches a prototype, a path or a page', async () => {
  const html = '<script>alert(1)</script>';
  const hostile = `{"id": "__proto__", "epoch": 1, "input": "${html}", "target": ["${html}"],
    "__proto__": {"polluted": 1}, "scores": {"__proto__": {"value": {"__proto__": 1}}, "s": {"value": 1}},
    "model_usage": {"constructor": {"output_tokens": 1}}}`;
  const path = writeSource(
    jsonLog(hostile).replace('"task": "t"', `"task": "${html}", "task_args": {"__proto__": 5}`),
  );
  const source = await openLog(path, 's');
  assert.equal(source.header.task, html);
  const [sample] = await collectSamples(source);
  assert.deepEqual([sample?.problemId, sample?.prompt, sample?.target], ['__proto__', html, html]);
  assert.deepEqual(sample?.outcome, { kind: 'scored', score: 1 });
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('a hostile archive: a sample is where its name says, or the archive is refused', async () => {
  const header = stored('header.json', `{"status": "success", ${EVAL}}`);
  const odd = zstandard('samples/<b>:\u202E_epoch_1.json', valueOf('"C"'));
  assert.equal((await readLog(writeSource(writeZip([header, odd]))))[0]?.outcome.kind, 'scored');
  await assert.rejects(
    openSourceFile(writeSource(writeZip([header, stored('samples/../../x.json', '{}')]))),
    unreadable(/invalid relative path/),
  );
});

test('of a sample that was run again the later record counts', async () => {
  const header = stored('header.json', `{"status": "success", ${EVAL}}`);
  const name = 'samples/1_epoch_1.json';
  const source = await openLog(
    writeSource(writeZip([header, stored(name, valueOf('"I"')), stored(name, valueOf('"C"'))])),
  );
  assert.deepEqual(
    (await collectSamples(source)).map(({ outcome }) => outcome),
    [{ kind: 'scored', score: 1 }],
  );
  assert.deepEqual(source.header.notices, []);
});

test('samples that are none are refused with their place', async () => {
  for (const sample of ['7', '"x"', '[1]', 'null'])
    await assert.rejects(
      readLog(writeSource(jsonLog(valueOf('1'), sample))),
      unreadable(/item 2 of `samples`: found .*, expected a sample: an object/),
      sample,
    );
  await assert.rejects(
    readLog(writeSource(jsonLog('{"epoch": 1}'))),
    unreadable(/item 1 of `samples`: .*no `id`/),
  );
  await assert.rejects(
    readLog(writeSource(jsonLog('{"id": 1 2}'))),
    unreadable(/item 1 of `samples`: no JSON/),
  );
});

test('a log of no samples and a header that lacks its model are refused', async () => {
  await assert.rejects(
    openLog(writeSource(jsonLog())),
    unreadable(/holds no samples, expected at least one/),
  );
  const log = jsonLog(valueOf('1')).replace('"model": "m"', '"model": 5');
  await assert.rejects(openLog(writeSource(log)), unreadable(/no header of an Inspect log: `eval.model`/));
});

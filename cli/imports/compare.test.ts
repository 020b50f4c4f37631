import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { noiseFloorSchema } from '../../config/noise-floor.ts';
import { verdictDocumentSchema, type VerdictDocument } from '../../config/verdict-document.ts';
import { exampleRegistration } from '../../db/example-store.fixture.ts';
import { registerExperiment } from '../../db/queries/experiments.ts';
import { openDatabase } from '../../db/store/connection.ts';
import { main } from '../main.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-compare-'));
after(() => rmSync(directory, { recursive: true }));

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../tests/fixtures/imports/${name}`, import.meta.url));

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** A sample for each of 60 problems. */
function scores(name: string, scoreOf: (problem: number) => number, column = 'correct'): string {
  const rows = Array.from({ length: 60 }, (_, i) => `q${i},What is ${i}?,So it is ${i}.,${scoreOf(i)}`);
  return write(name, [`problem,prompt,completion,${column}`, ...rows].join('\n'));
}

async function run(t: TestContext, ...args: string[]): Promise<{ code: number; out: string; talk: string }> {
  const log = t.mock.method(console, 'log', () => undefined);
  const error = t.mock.method(console, 'error', () => undefined);
  const code = await main(['node', 'assay', 'compare', '--home', join(directory, 'home'), ...args]);
  const [out, talk] = [log, error].map(({ mock }) =>
    mock.calls.map((call) => (call.arguments as unknown[]).join(' ')).join('\n'),
  ) as [string, string];
  t.mock.restoreAll();
  return { code, out, talk };
}

async function readVerdicts(t: TestContext, ...args: string[]): Promise<VerdictDocument> {
  const { code, out, talk } = await run(t, ...args, '--json');
  const document = verdictDocumentSchema.parse(JSON.parse(out));
  assert.equal(code, document.exitCode, talk);
  return document;
}

const third = scores('third.csv', (i) => Number(i % 3 === 0));
const half = scores('half.csv', (i) => Number(i % 3 === 0 || i % 6 === 1));
const most = scores('most.csv', (i) => Number(i % 3 !== 1));
const other = scores('other.csv', (i) => Number(i % 3 === (i < 30 ? 0 : 1)));

test('the exit code is the verdict on the claim that the second is above the first', async (t) => {
  const supported = await readVerdicts(t, third, most);
  assert.equal(supported.exitCode, 0);
  assert.equal(supported.outcome, 'supported');
  const [verdict] = supported.experiments[0]!.hypotheses;
  assert.equal(verdict!.effect, 1 / 3);
  assert.equal(verdict!.claim, 'most is above third in pass@1 on all.');
  assert.deepEqual(verdict!.size, { bases: 1, runs: 1, problems: 60 });
  assert.equal((await readVerdicts(t, most, third)).exitCode, 10);
  assert.equal((await readVerdicts(t, third, other)).exitCode, 12);
  assert.equal((await readVerdicts(t, third, other, '--interest', '0.4')).exitCode, 11);
  const untested = await readVerdicts(t, third, most, '--k', '8');
  assert.equal(untested.exitCode, 13);
  assert.match(untested.experiments[0]!.hypotheses[0]!.reason!, /undefined for some problem of all/);
});

test('noninferiority and equivalence need a margin, and are decided by it', async (t) => {
  const holds = ['--alternative', 'noninferior', '--margin', '0.05'];
  assert.equal((await readVerdicts(t, third, most, ...holds)).exitCode, 0);
  assert.equal((await readVerdicts(t, most, third, ...holds)).exitCode, 10);
  const refused = await run(t, third, most, '--alternative', 'equivalent');
  assert.equal(refused.code, 2);
  assert.match(refused.talk, /--alternative equivalent needs --margin/);
});

test('with several arms the code is that of the worst verdict, each against the baseline', async (t) => {
  const document = await readVerdicts(t, most, third, half, '--baseline', 'third');
  assert.deepEqual(
    document.experiments[0]!.hypotheses.map(({ claim, outcome }) => [claim, outcome]),
    [
      ['most is above third in pass@1 on all.', 'supported'],
      ['half is above third in pass@1 on all.', 'supported'],
    ],
  );
  assert.equal((await readVerdicts(t, half, most, third)).exitCode, 10);
});

test('the answer, the verdict and the report are told', async (t) => {
  const { code, out } = await run(t, third, most, '--output', join(directory, 'report'));
  assert.equal(code, 0);
  const [verdict, answer, place] = out.split('\n');
  assert.match(verdict!, /^supported: most is above third in pass@1 on all\. \+0\.333 /);
  assert.match(answer!, /^most reaches 0\.667 in pass@1 on all, 0\.333 above third/);
  assert.equal(place, `Report: ${join(directory, 'report', 'report.html')}`);
  const page = readFileSync(join(directory, 'report', 'report.html'), 'utf8');
  assert.match(page, /Files that the results were read from/);
  assert.match(page, /What is 7\?/);
  assert.match(page, /So it is 7\./);
  const rows = readFileSync(join(directory, 'report', 'evaluations.csv'), 'utf8')
    .trim()
    .split('\n');
  assert.equal(rows.length, 1 + 2 * 60);
  assert.match(page, /<dt>Interval of one run per arm<\/dt>/);
  assert.doesNotMatch(page, /base model/i, 'nobody knows how what was imported was trained');
});

test('--markdown is the answer and the arms as a table', async (t) => {
  const { out, talk } = await run(t, third, most, '--markdown');
  assert.match(out, /^- supported: most is above third .*\n- most reaches 0\.667/);
  assert.match(out, /\| arm \| level ± SE \|.*\n\| --- .*\n\| most \| 0\.667 ± 0\.061 \|/);
  assert.match(talk, /Report: /);
});

test('a noise floor of runs of one recipe is a document that holds later single runs to it', async (t) => {
  const { code, out } = await run(t, third, half, other, '--same', '--json');
  assert.equal(code, 0);
  const floor = noiseFloorSchema.parse(JSON.parse(out));
  assert.deepEqual([floor.runs, floor.problems], [3, 60]);
  const told = await run(t, third, half, '--same');
  assert.match(told.out, /^2 runs of one recipe score/);
  const noise = write('noise.json', out);
  const held = await readVerdicts(t, third, most, '--noise', noise);
  const [alone] = (await readVerdicts(t, third, most)).experiments[0]!.hypotheses;
  const [wider] = held.experiments[0]!.hypotheses;
  assert.equal(held.exitCode, 12, 'the floor swallows what single runs show');
  assert.ok(wider!.interval!.low < alone!.interval!.low);
  const wrong = await run(t, third, most, '--noise', third);
  assert.equal(wrong.code, 2);
  assert.match(wrong.talk, /--noise .*third\.csv cannot be read/);
  assert.equal((await run(t, third, most, '--noise', noise, '--k', '4')).code, 2);
  assert.equal((await run(t, third, '--same')).code, 2);
  const [a, b] = [`a=${third}`, `a=${half}`];
  const several = await run(t, a, b, `b=${most}`, `b=${other}`, '--noise', noise);
  assert.equal(several.code, 2, 'several runs have a noise of their own');
  assert.match(several.talk, /each arm has 2 runs, whose own spread counts/);
});

test('--plan says how many problems show a difference', async (t) => {
  const { code, out } = await run(t, third, half, '--plan', '--effect', '0.1', '--json');
  assert.equal(code, 0);
  const plan = JSON.parse(out) as { kind: string; rows: { problems: number }[] };
  assert.equal(plan.kind, 'plan');
  // Differences of 1/6 of 60 problems: variance 0.1412; (1.96 + 0.84)² · 0.1412 / 0.01 = 110.9, and two more for t.
  assert.ok(Math.abs(plan.rows[0]!.problems - 112) <= 2, `${plan.rows[0]!.problems}`);
  assert.match((await run(t, third, half, '--plan')).out, /1 sample per problem: \d+ problems/);
  assert.equal((await run(t, third, half, '--plan', '--same')).code, 2);
});

test('NAME=WHAT names an arm; one name given twice is two runs of it, and found twice an accident', async (t) => {
  const named = await readVerdicts(t, `base=${third}`, `grpo=${most}`);
  assert.equal(named.experiments[0]!.name, 'grpo-against-base');
  const runs = await readVerdicts(t, `base=${third}`, `base=${other}`, `grpo=${most}`, `grpo=${half}`);
  assert.equal(runs.experiments[0]!.hypotheses[0]!.size!.runs, 2);
  const table = write('arms.csv', 'problem,correct,arm\nq1,1,x\nq1,0,x\nq2,1,x\n');
  const again = write('arms-again.csv', 'problem,correct,arm\nq1,0,x\nq2,0,x\n');
  const clash = await run(t, table, again);
  assert.equal(clash.code, 2);
  assert.match(clash.talk, /two arms are called x: .* name them apart/);
  const same = await run(t, third, third);
  assert.equal(same.code, 2);
  assert.match(same.talk, /two arms are called third/);
});

test('bad input is a usage error that says what to name', async (t) => {
  const unknown = await run(t, third, most, '--baseline', 'gpt');
  assert.equal(unknown.code, 2);
  assert.match(unknown.talk, /--baseline gpt is none of the arms \(third, most\)/);
  assert.equal((await run(t, third, join(directory, 'nowhere.csv'))).code, 2);
  const alone = await run(t, third);
  assert.equal(alone.code, 2);
  assert.match(alone.talk, /a comparison needs two arms, found third/);
  const elsewhere = write('elsewhere.csv', 'problem,correct\nz1,1\nz2,0\n');
  const apart = await run(t, third, elsewhere);
  assert.equal(apart.code, 2, apart.talk);
  assert.match(apart.talk, /third and elsewhere have no problem in common/);
  assert.equal((await run(t, third, most, '--split', 'test')).code, 2);
});

test('scores outside 0 to 1 need --threshold or --range, which say what they count as', async (t) => {
  const low = scores('low.csv', (i) => i % 5, 'score');
  const high = scores('high.csv', (i) => Math.min(4, (i % 5) + 2), 'score');
  const refused = await run(t, low, high);
  assert.equal(refused.code, 2);
  assert.match(refused.talk, /low has scores outside 0 to 1, as on problem q\d+; .*--threshold/);
  const right = await readVerdicts(t, low, high, '--threshold', '3');
  assert.equal(right.experiments[0]!.hypotheses[0]!.metric, 'pass@1 on all');
  // Right on 2 of 5 problems, and on 4 of 5.
  assert.ok(Math.abs(right.experiments[0]!.hypotheses[0]!.effect! - 0.4) < 1e-12);
  const ranged = await readVerdicts(t, low, high, '--range', '0,4');
  // Means 2 and 3.4 of 4.
  assert.ok(Math.abs(ranged.experiments[0]!.hypotheses[0]!.effect! - 0.35) < 1e-12);
  assert.equal((await run(t, low, high, '--range', '0,4', '--threshold', '1')).code, 2);
});

test('--clean and --contaminated split the problems, and their gap is reported', async (t) => {
  const clean = write('clean.txt', Array.from({ length: 30 }, (_, i) => `q${i}`).join('\n'));
  const report = join(directory, 'gap');
  const document = await readVerdicts(t, third, most, '--clean', clean, '--output', report);
  assert.deepEqual(
    document.experiments[0]!.hypotheses.map(({ metric }) => metric),
    ['pass@1 on clean', 'pass@1 on contaminated'],
  );
  const [head, ...rows] = readFileSync(join(report, 'gap.csv'), 'utf8').trim().split('\n');
  assert.match(head!, /^condition,quantity,k,contaminated,clean/);
  assert.equal(rows.length, 3, 'a gap of each arm, and the change of one');
  const only = await readVerdicts(t, third, most, '--contaminated', clean, '--split', 'clean');
  assert.equal(only.experiments[0]!.hypotheses[0]!.size!.problems, 30);
});

test('clusters of a file widen its interval, unless --cluster problem says that none are meant', async (t) => {
  const rows = (name: string, scoreOf: (i: number) => number): string =>
    write(
      name,
      [
        'problem,correct,cluster',
        ...Array.from({ length: 40 }, (_, i) => `q${i},${scoreOf(i)},${i % 4}`),
      ].join('\n'),
    );
  const files = [rows('told-a.csv', () => 0), rows('told-b.csv', (i) => Number(i % 4 < 2))];
  const width = async (...more: string[]): Promise<number> => {
    const { low, high } = (await readVerdicts(t, ...files, ...more)).experiments[0]!.hypotheses[0]!.interval!;
    return high - low;
  };
  const [told, alone] = [await width(), await width('--cluster', 'problem')];
  // Four clusters, two right throughout: √(4 · 25 / 40² · 4/3) = 0.2887, t(0.975, 3) = 3.182; alone 0.0801 and 2.023.
  assert.ok(Math.abs(told - 2 * 3.182446 * 0.288675) < 1e-4, `${told}`);
  assert.ok(Math.abs(alone - 2 * 2.022691 * Math.sqrt(0.25 / 39)) < 1e-4, `${alone}`);
});

test('problems that are all of one cluster cannot be compared over clusters', async (t) => {
  const rows = (name: string, score: number): string =>
    write(name, `problem,correct,cluster\nq1,${score},x\nq2,0,x\n`);
  const { code, talk } = await run(t, rows('one-a.csv', 0), rows('one-b.csv', 1));
  assert.equal(code, 2, talk);
  assert.match(talk, /all 2 problems of all are of one cluster, x;.* --cluster problem/);
});

test('results of every tool are compared with others of the same tool', async (t) => {
  const pairs: [string, string, ...string[]][] = [
    ['inspect/careful.eval', 'inspect/hasty.eval', '--scorer', 'match'],
    ['lm-eval/seed-11', 'lm-eval/seed-12'],
    ['verifiers/seed-11', 'verifiers/seed-12'],
    ['every-eval-ever/seed-11', 'every-eval-ever/seed-12'],
    ['verifiers-traces/seed-11', 'verifiers-traces/seed-11', '--threshold', '1'],
    ['trl', 'trl'],
  ];
  for (const [first, second, ...options] of pairs) {
    const arms = [`a=${fixture(first)}`, `b=${fixture(second)}`];
    const document = await readVerdicts(t, ...arms, ...options);
    assert.ok(document.experiments[0]!.hypotheses.length > 0, first);
    assert.ok([0, 10, 11, 12].includes(document.exitCode), `${first}: ${document.exitCode}`);
  }
});

test('a name that is neither file nor import is an experiment of the store', async (t) => {
  const { code, talk } = await run(t, 'my-matrix');
  assert.equal(code, 2);
  assert.match(talk, /UnknownExperimentError|DatabaseMissingError/);
  assert.ok(existsSync(join(directory, 'home')));
});

test('one name of an experiment of the store prints what its hypotheses came to', async (t) => {
  const home = join(directory, 'trained');
  mkdirSync(home);
  const db = openDatabase(join(home, 'assay.db'));
  const { experiment } = exampleRegistration;
  const claim = {
    ...{
      claim: 'It helps.',
      treatment: 'grpo',
      control: 'base',
      metric: { kind: 'pass@k', k: 1, split: 'clean' },
    },
    ...{ alternative: 'greater', reported: 'greater', requires: [] },
  };
  const stated = { ...experiment, id: 'e2', name: 'stated', hypotheses: JSON.stringify([claim]) };
  for (const one of [experiment, stated])
    registerExperiment(db, { experiment: one, conditions: [], runs: [] });
  db.$client.close();
  const bare = await run(t, 'demo', '--home', home);
  assert.deepEqual([bare.code, bare.out], [2, '']);
  assert.match(bare.talk, /demo declares no hypotheses/);
  const asked = await run(t, 'stated', '--home', home);
  assert.equal(asked.code, 13, asked.talk);
  assert.match(asked.out, /^stated\n {2}(pending|not-tested) +It helps\./);
});

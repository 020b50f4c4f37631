import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealLock } from '../../config/claim-lock.ts';
import { hypothesisSchema, type HypothesisInput } from '../../config/hypothesis.ts';
import { verdictDocumentSchema } from '../../config/verdict-document.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { collectFinalCounts } from '../comparison/final-counts.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { limitToBases } from './limit-to-bases.ts';
import { listBasesToRun, tabulateVerdicts } from './tabulate-verdicts.ts';
import { toVerdictDocument, toVerdictEntries } from './to-verdict-document.ts';
import { describeLook } from '../text/verdict-text.ts';
import { isDecided } from './verdict-table.ts';
import { weighChecks } from './weigh-checks.ts';

const simulated = simulateComparison({ bases: 6, seeds: 1, problems: 30, samples: 8, steps: 8 });
const bases = [0, 1, 2, 3, 4, 5];

const lockOf = (looks: number[]) =>
  sealLock({
    ...{ version: 1, claim: 'demo', scale: 'small', experiment: '5eed'.repeat(16), baseline: 'base' },
    ...{ hypotheses: [], checks: {}, conditions: {}, bases, looks, seeds: [0], problems: {} },
    ...{ samplesPerProblem: 8, alpha: 0.05, analysis: 'd'.repeat(64), recipes: {}, history: [] },
    lockedAt: '2026-11-30T00:00:00.000Z',
  });

/** The claim as the store has it when it has come to some number of bases. */
function reach(
  at: { readonly looks: number[]; readonly bases: number },
  ...declared: Partial<HypothesisInput>[]
): ComparisonInput {
  const hypotheses = declared.map((own) =>
    hypothesisSchema.parse({
      ...{ claim: 'GRPO raises pass@1.', treatment: 'grpo', control: 'base', alternative: 'greater' },
      ...{ metric: { name: 'pass@k', split: 'clean', k: 1 }, reported: 'greater', ...own },
    }),
  );
  const experiment = { ...simulated.experiment, hypotheses };
  const lock = { lock: lockOf(at.looks), launches: [], drift: [] };
  return limitToBases(sortComparison({ ...simulated, experiment, lock }), bases.slice(0, at.bases));
}

function decide(input: ComparisonInput) {
  const { finals } = collectFinalCounts(input);
  return tabulateVerdicts(input, finals, weighChecks(input, finals));
}

const rises: Partial<HypothesisInput> = {};
const none: Partial<HypothesisInput> = { treatment: 'random-reward' };
/** Half of the bases at first: 2 − 2Φ(1.96·√2) = .0056 is spent there, .0444 at the end. */
const looks = [3, 6];

test('before the first look’s bases are there nothing is decided, and they are to be run', () => {
  const input = reach({ looks, bases: 2 }, rises);
  assert.deepEqual(listBasesToRun(input), [0, 1, 2]);
  const [row] = decide(input);
  assert.ok(row?.verdict === 'pending' && row.look === null);
  assert.match(row.reason, /^2 of the 3 bases of the first look/);
});

test('a p between the level of the look and .05 is no verdict yet, and the claim goes on', () => {
  const input = reach({ looks, bases: 3 }, rises);
  const [plain] = decide({ ...input, lock: null });
  assert.ok(isDecided(plain!) && plain.verdict === 'supported' && plain.look === null);
  assert.ok(plain.holmSupportP > 0.0056 && plain.holmSupportP < 0.05, `${plain.holmSupportP}`);
  const [row] = decide(input);
  assert.ok(row?.verdict === 'pending');
  assert.equal(row.reason, 'undecided at look 1 of 2 (3 of 6 bases), and not given up');
  assert.deepEqual(listBasesToRun(input), bases);
  assert.equal(listBasesToRun({ ...input, lock: null }), null);
  const [decided] = decide(reach({ looks, bases: 6 }, rises));
  assert.ok(isDecided(decided!) && decided.verdict === 'supported');
  assert.deepEqual([decided.look!.number, decided.look!.bases, decided.evidence.bases], [2, 6, 6]);
  assert.ok(Math.abs(decided.look!.level - 0.0444) < 1e-4);
});

test('what is shown at a look stays as it was there, and a claim stops where nothing else is left', () => {
  // At 5 of 6 bases 2 − 2Φ(1.96 · √1.2) = .0318.
  const at = { looks: [5, 6], bases: 5 };
  assert.deepEqual(listBasesToRun(reach(at, rises)), [0, 1, 2, 3, 4]);
  const [early] = decide(reach(at, rises));
  const [late] = decide(reach({ ...at, bases: 6 }, rises));
  assert.ok(isDecided(early!) && early.verdict === 'supported');
  assert.deepEqual(late, early);
  assert.deepEqual([early.look!.number, early.evidence.bases], [1, 5]);
});

test('a claim of which nothing can be shown any more is given up; with one that can it goes on', () => {
  const input = reach({ looks, bases: 3 }, none);
  const [row] = decide(input);
  assert.deepEqual([row!.verdict, row!.look!.number], ['underpowered', 1]);
  assert.deepEqual(listBasesToRun(input), [0, 1, 2]);
  const both = reach({ looks, bases: 3 }, rises, none);
  assert.deepEqual(listBasesToRun(both), bases);
  assert.deepEqual(
    decide(both).map(({ verdict }) => verdict),
    ['pending', 'pending'],
  );
});

test('unfinished runs of a look keep the claim at it', () => {
  const input = reach({ looks: [3, 5, 6], bases: 5 }, { ...rises, margin: { value: 0.1, unit: 'fraction' } });
  assert.deepEqual(listBasesToRun(input), bases);
  const runs = input.runs.map((run) => (run.baseSeed === 4 ? { ...run, status: 'running' } : run));
  const [row] = decide({ ...input, runs });
  assert.ok(row?.verdict === 'pending');
  assert.match(row.reason, /^4 of 5 runs of grpo are completed/);
  assert.deepEqual(listBasesToRun({ ...input, runs }), [0, 1, 2, 3, 4]);
});

test('the document and the text say the look', () => {
  const input = reach({ looks, bases: 6 }, rises);
  const rows = decide(input);
  const { name, fingerprint, question, source } = input.experiment;
  const hypotheses = toVerdictEntries(rows, []);
  const document = toVerdictDocument([{ name, fingerprint, question, source, lock: null, hypotheses }]);
  assert.deepEqual(verdictDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
  assert.deepEqual(
    { ...hypotheses[0]!.look, level: 0 },
    { number: 2, of: 2, bases: 6, plannedBases: 6, level: 0 },
  );
  assert.equal(describeLook(rows[0]!), '; look 2 of 2, 6 of 6 bases, Holm p to be at most 0.044');
});

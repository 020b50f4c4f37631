import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openTask } from './index.ts';
import { parseProblemFile } from './problem-rows.ts';

const folder = new URL('../tests/fixtures/problems/', import.meta.url);

interface Scored {
  readonly source_dataset: string;
  readonly index: number;
  readonly kind: string;
  readonly candidate: string | null;
  /** Null where reasoning-gym's own scorer raised. */
  readonly score: number | null;
}

const scored = readFileSync(new URL('scored.jsonl', folder), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Scored);

/** A dataset's options, and the kinds of candidate on which reasoning-gym is more lenient than we are, with why. */
interface Parity {
  readonly options: object;
  readonly lenient?: Readonly<Record<string, string>>;
}

const EXACT: Parity = { options: { verification: 'exact' } };
const NUMERIC: Parity = { options: { verification: 'numeric' } };

const parity: Readonly<Record<string, Parity>> = {
  basic_arithmetic: EXACT,
  chain_sum: NUMERIC,
  count_bits: EXACT,
  countdown: { options: { verification: 'expression' } },
  family_relationships: { options: { verification: 'exact', trims: true, ignoresCase: true } },
  fraction_simplification: {
    options: { verification: 'fraction' },
    lenient: {
      'malformed-repeated': 'its pattern looks only at the start of a LaTeX fraction',
      'right-trailing-zeros': 'its pattern looks only at the start of a LaTeX fraction',
    },
  },
  gcd: EXACT,
  lcm: EXACT,
  leg_counting: EXACT,
  letter_counting: EXACT,
  number_sequence: EXACT,
  number_sorting: { options: { verification: 'number-list', tolerance: 1 } },
  prime_factorization: { options: { verification: 'integer-set' } },
  products: NUMERIC,
  simple_equations: EXACT,
  spell_backward: {
    options: { verification: 'exact', ignoresCase: true },
    lenient: { 'malformed-repeated': 'its similarity may exceed 1 for a repeated word' },
  },
  syllogism: EXACT,
};

const rowsOf = (dataset: string) =>
  parseProblemFile(readFileSync(new URL(`${dataset}.jsonl`, folder), 'utf8'), `${dataset}.jsonl`).rows;

function outcomes(dataset: string, options: object): { row: Scored; outcome: string }[] {
  const rows = rowsOf(dataset);
  const task = openTask('jsonl', { rows, ...options });
  return scored
    .filter((row) => row.source_dataset === dataset)
    .map((row) => {
      const { question, answer, metadata } = rows[row.index]!;
      const isUnverifiable = answer === null;
      const problem = {
        key: question,
        prompt: question,
        answer: answer ?? '',
        metadata: { ...metadata, isUnverifiable },
      };
      return {
        row,
        outcome: task.verify(problem, { text: row.candidate ?? '', isTruncated: false }).outcome,
      };
    });
}

for (const [dataset, { options, lenient = {} }] of Object.entries(parity)) {
  test(`${dataset}: correct exactly where reasoning-gym gives the full score`, () => {
    const compared = outcomes(dataset, options).filter(({ row }) => row.score !== null);
    assert.ok(compared.length >= 90, `${compared.length} candidates`);
    for (const { row, outcome } of compared) {
      const isFull = row.score! >= 1;
      if (isFull && row.kind in lenient) assert.notEqual(outcome, 'unverifiable');
      else
        assert.equal(
          outcome === 'correct',
          isFull,
          `${row.kind} ${JSON.stringify(row.candidate)}: ${outcome}, ${row.score}`,
        );
    }
  });
}

test('candidates on which the scorer raised are judged malformed or wrong, never correct', () => {
  const raised = outcomes('prime_factorization', { verification: 'integer-set' }).filter(
    ({ row }) => row.score === null,
  );
  assert.equal(raised.length, 80);
  for (const { outcome } of raised) assert.equal(outcome, 'malformed');
});

test('propositional_logic has no reference answers: every candidate is unverifiable, none is counted as wrong', () => {
  for (const { outcome } of outcomes('propositional_logic', {})) assert.equal(outcome, 'unverifiable');
});

test('every dataset of the scored candidates is compared', () => {
  const datasets = new Set(scored.map((row) => row.source_dataset));
  assert.deepEqual([...datasets].sort(), [...Object.keys(parity), 'propositional_logic'].sort());
});

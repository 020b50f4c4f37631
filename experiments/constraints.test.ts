import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import { listClaims } from './load-claims.ts';
import { findConstraint, listConstraints, listConstraintsOf, parseConstraint } from './load-constraints.ts';

const path = fileURLToPath(new URL('./constraints/mi-peaks.yaml', import.meta.url));
const text = readFileSync(path, 'utf8');
const refused = (from: string | RegExp, to: string, expected: RegExp): void => {
  assert.match(text, new RegExp(from));
  assert.throws(
    () => parseConstraint(text.replace(from, to), 'constraints/mi-peaks.yaml'),
    (error: Error) => error instanceof InvalidSpecError && (assert.match(error.message, expected), true),
  );
};

test('every claim has a statement that it tests, and every tested statement its claim', async () => {
  const claims = new Set((await listClaims()).map(({ name }) => name));
  for (const claim of claims)
    assert.ok((await listConstraintsOf(claim)).length > 0, `${claim} has no statement`);
  for (const { name, claim } of await listConstraints())
    assert.ok(claim === null || claims.has(claim), `${name} names the claim ${claim}, which is not there`);
});

test('no work is listed twice, or as a witness of its own statement', async () => {
  for (const { name, source, for: supporting, against } of await listConstraints()) {
    const ids = [source, ...supporting, ...against].map(({ arxiv }) => arxiv);
    assert.equal(new Set(ids).size, ids.length, name);
  }
});

test('what is wrong in a file is named with its line', () => {
  refused(
    '2506.08343',
    '"25.08343"',
    /^constraints\/mi-peaks\.yaml:10: against\.0\.arxiv: found .*, expected an arXiv id/,
  );
  refused('seen: listed', 'seen: heard', /^constraints\/mi-peaks\.yaml:11: against\.0\.seen: /);
  refused(
    'status: untested-here',
    'statuses: durable',
    /mi-peaks\.yaml:\d+: status: .*\n.*mi-peaks\.yaml:13: statuses: unknown key "statuses"; the nearest valid key is "status"/,
  );
  refused('2025-06', '2024-06', /mi-peaks\.yaml:3: date: found 2024-06, but arXiv 2506\.02867 is of 2025-06/);
  refused(
    'status: untested-here',
    'status: durable',
    /mi-peaks\.yaml:13: status: found durable, but no claim tests it/,
  );
  refused(
    'claim: null',
    'claim: one-shot',
    /mi-peaks\.yaml:13: status: found untested-here, but one-shot tests it/,
  );
  refused(
    'name: mi-peaks',
    'name: peaks',
    /mi-peaks\.yaml:1: name: found peaks, expected mi-peaks, the file's name/,
  );
  refused('claim: null', 'claim: [', /^constraints\/mi-peaks\.yaml:\d+: /);
});

test('a name that is not there leads to the nearest', async () => {
  assert.equal((await findConstraint('mi-peaks')).source.arxiv, '2506.02867');
  await assert.rejects(findConstraint('mi-peak'), /no constraint "mi-peak"; the nearest is "mi-peaks"/);
});

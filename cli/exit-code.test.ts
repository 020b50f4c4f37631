import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommanderError } from 'commander';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import { IncomparableError } from '../reports/comparison/incomparable-error.ts';
import { describeError, exitCodeOf, InterruptedError, toErrorDocument } from './exit-code.ts';
import { main } from './main.ts';

test('an error document says what the text says, with the same exit code', () => {
  const error = new InvalidSpecError('training.steps: found -5, expected 0 or more');
  assert.deepEqual(toErrorDocument(error), {
    error: { name: 'InvalidSpecError', message: 'training.steps: found -5, expected 0 or more', exitCode: 2 },
  });
  assert.equal(describeError(error), 'assay: InvalidSpecError: training.steps: found -5, expected 0 or more');
  assert.equal(exitCodeOf(new IncomparableError('no problem in common')), 2);
  assert.equal(exitCodeOf(new InterruptedError('stop')), 130);
  assert.equal(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'unknown option')), 2);
  assert.equal(exitCodeOf(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)')), 0);
});

test('only an error that nobody foresaw shows where it was thrown, and never in a document', () => {
  assert.match(describeError(new TypeError('no such member')), /^assay: TypeError: no such member\n {4}at /);
  assert.deepEqual(toErrorDocument(new TypeError('no such member')).error.message, 'no such member');
});

test('a failing command prints an error document with --json, and none without it or after --', async (t) => {
  const printed: string[] = [];
  t.mock.method(console, 'log', (text: string) => printed.push(text));
  t.mock.method(console, 'error', () => undefined);
  const line = ['node', 'assay', 'ls', '--home', '/nowhere/at/all'];
  assert.equal(await main(line), 2);
  assert.deepEqual(printed, []);
  assert.equal(await main([...line, '--json']), 2);
  const { error } = JSON.parse(printed.join('')) as ReturnType<typeof toErrorDocument>;
  assert.equal(error.name, 'DatabaseMissingError');
  assert.equal(error.exitCode, 2);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listSettings, varyOptions, type OptionTable } from '../conformance/vary-options.ts';
import { MAX_ROUNDS, type Gate, type GatedRollout } from './gate.ts';
import { gates } from './index.ts';

const table: OptionTable = { 'mixed.rounds': { values: [1, MAX_ROUNDS] } };

const rollouts: readonly GatedRollout[] = (['correct', 'incorrect', 'malformed', 'unverifiable'] as const)
  .flatMap((outcome) => [1, 0, null].map((reward) => ({ outcome, reward })))
  .flatMap((rollout) => [true, false].map((isTruncated) => ({ ...rollout, isTruncated })));
const groups = rollouts.flatMap((first) => rollouts.map((second) => [first, second] as const));

/** What a gate lets through of one group. */
function decide({ keeps, counts }: Gate<object>, group: readonly GatedRollout[], options: object): string {
  const counted = group.map((rollout) => counts?.(rollout, options) ?? true);
  return JSON.stringify([keeps?.(group, options) ?? true, counted]);
}

function decideAll(part: Gate<object>, options: object): string {
  const decisions = groups.map((group) => decide(part, group, options));
  return JSON.stringify([part.rounds?.(options) ?? 1, ...decisions]);
}

for (const part of gates.parts) {
  const settings = listSettings(part, table);

  test(`${part.name}: the same rollouts are let through again, some and not all, in a possible number of rounds`, () => {
    assert.ok(part.keeps !== undefined || part.counts !== undefined);
    for (const options of settings) {
      assert.equal(decideAll(part, options), decideAll(part, options));
      assert.ok(new Set(groups.map((group) => decide(part, group, options))).size > 1);
      const rounds = part.rounds?.(options) ?? 1;
      assert.ok(Number.isInteger(rounds) && rounds >= 1 && rounds <= MAX_ROUNDS, `${rounds} rounds`);
    }
  });

  test(`${part.name}: it says that it sees labels exactly when verdicts decide`, () => {
    for (const options of settings) {
      const doVerdictsDecide = groups.some((group) => {
        const others = rollouts.map(({ outcome }) => [{ ...group[0], outcome }, group[1]]);
        return new Set([group, ...others].map((each) => decide(part, each, options))).size > 1;
      });
      assert.equal(part.sees?.(options) ?? 'nothing', doVerdictsDecide ? 'labels' : 'nothing');
    }
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value lets other rollouts through, or takes other rounds`, () => {
      const outcomes = list().map((options) => decideAll(part, options));
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }
}

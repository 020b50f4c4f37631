import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveStream, uniformAt } from '../../random/streams.ts';
import { listGroups } from '../groups.ts';
import { AUTHORS } from '../rollout-batch.ts';
import { drawRounds, type Rounds } from './draw-rounds.fixture.ts';
import { shapes } from './index.ts';

/** Options each shape is tried with, beside its defaults. */
const variants: Readonly<Record<string, readonly object[]>> = {
  tree: [
    { trees: 1, forks: 1, rounds: 3 },
    { trees: 3, forks: 2, rounds: 2 },
  ],
};

const WIDTH = 5;
const PROBLEMS = [4, 5, 9];
const stream = deriveStream(3, 'fork');
const uniform = (problem: number, round: number, i: number): number =>
  uniformAt(stream, 0, problem, round, i);

for (const part of shapes.parts) {
  for (const options of [{}, ...(variants[part.name] ?? [])]) {
    const called = `${part.name} ${JSON.stringify(options)}`;
    const opened = shapes.open(part.name, options);
    const groupSize = part.width(opened.options, 8);
    const draw = (problems: readonly number[]): Rounds =>
      drawRounds(opened, { problems, groupSize, width: WIDTH, uniform });
    const { batch, draws } = draw(PROBLEMS);

    test(`${called}: each group has as many rollouts as it is wide, in the order of problems and samples`, () => {
      const groups = listGroups(batch.groups);
      assert.deepEqual(
        groups.map((rows) => batch.groups[rows[0]!]),
        PROBLEMS,
      );
      for (const rows of groups) {
        assert.equal(rows.length, groupSize);
        const drawn = draws.flat().filter(({ problem }) => problem === batch.groups[rows[0]!]);
        assert.deepEqual(
          [...new Set(drawn.map(({ sample }) => sample))].sort((a, b) => a - b),
          [...rows.keys()],
        );
      }
    });

    test(`${called}: what a prompt is sampled for does not depend on the prompts beside it`, () => {
      const alone = draw([5]).draws.flat();
      assert.deepEqual(
        alone,
        draws.flat().filter(({ problem }) => problem === 5),
      );
      assert.deepEqual(draw(PROBLEMS).batch, batch);
    });

    test(`${called}: shared tokens, authors and scores are the parent’s; ${part.forks ? 'some' : 'none'} are shared`, () => {
      assert.equal(
        batch.parents.some((parent) => parent >= 0),
        part.forks,
      );
      for (const rows of listGroups(batch.groups)) {
        for (const [sample, row] of rows.entries()) {
          const parent = batch.parents[row]!;
          assert.ok(parent < sample);
          const shared = (of: number): unknown => [
            batch.tokens.slice(of * (1 + WIDTH), of * (1 + WIDTH) + 1 + batch.forkAt[row]!),
            batch.authors.slice(of * WIDTH, of * WIDTH + batch.forkAt[row]!),
            batch.perToken.logprobs.slice(of * WIDTH, of * WIDTH + batch.forkAt[row]!),
          ];
          if (parent >= 0) assert.deepEqual(shared(row), shared(rows[parent]!));
          else assert.equal(batch.forkAt[row], 0);
        }
      }
      assert.ok(batch.authors.every((author) => author === AUTHORS.policy));
    });
  }
}

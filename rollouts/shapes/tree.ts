import { z } from 'zod';
import { listGroups } from '../groups.ts';
import { AUTHORS, type RolloutBatch } from '../rollout-batch.ts';
import { numberTrees } from '../trees.ts';
import { drawFromPrompts } from './independent.ts';
import type { Draw, Drawn, Opening, RolloutShape } from './shape.ts';

const count = (): z.ZodNumber => z.number().int().min(1);

const optionsSchema = z.strictObject({
  trees: count().default(2).describe('Trees per prompt, each of one rollout at first.'),
  forks: count().default(3).describe('Rollouts that fork off each tree in a round.'),
  rounds: count().default(1).describe('Rounds of forks; each may start from rollouts of the earlier ones.'),
});

type TreeOptions = z.infer<typeof optionsSchema>;

/** A token that the policy sampled: of rollout `row`, completion position `at`. */
interface Node {
  readonly row: number;
  readonly at: number;
}

/** The tokens that the policy sampled for some rollouts, each once however many share it. */
function listNodes(batch: RolloutBatch, rows: readonly number[]): Node[] {
  return rows.flatMap((row) => {
    const own = batch.completionLengths[row]! - batch.forkAt[row]!;
    const nodes = Array.from({ length: own }, (_, i) => ({ row, at: batch.forkAt[row]! + i }));
    return nodes.filter(({ at }) => batch.authors[row * batch.completionLength + at] === AUTHORS.policy);
  });
}

/** The tokens before a node, shared with the rollout it is of. */
function openBefore(batch: RolloutBatch, { row, at }: Node, sample: number): Opening {
  const begin = row * (batch.promptLength + batch.completionLength) + batch.promptLength;
  const first = row * batch.completionLength;
  return {
    tokens: batch.tokens.slice(begin, begin + at),
    authors: batch.authors.slice(first, first + at),
    parent: sample,
    forkAt: at,
  };
}

/** The forks of one prompt in a round, tree by tree. */
function forkGroup(
  { batch, uniform }: Drawn,
  members: readonly number[],
  call: { readonly trees: Int32Array; readonly forks: number },
): Draw[] {
  const problem = batch.groups[members[0]!]!;
  const sampleOf = new Map(members.map((row, sample) => [row, sample]));
  const trees = listGroups(Int32Array.from(members, (row) => call.trees[row]!));
  return trees.flatMap((places, tree) => {
    const nodes = listNodes(
      batch,
      places.map((place) => members[place]!),
    );
    return Array.from({ length: call.forks }, (_, fork): Draw => {
      const i = tree * call.forks + fork;
      const node = nodes[Math.floor(uniform(problem, i) * nodes.length)]!;
      const opening = openBefore(batch, node, sampleOf.get(node.row)!);
      return { problem, sample: members.length + i, opening };
    });
  });
}

/**
 * M trees per prompt. In each of L rounds each tree gets N more rollouts: one of the tokens sampled for it so far is drawn
 * uniformly, what stands before it is kept, and it and all behind it are sampled anew. M · (1 + L · N) rollouts, all of them
 * leaves. The paper forks at whole steps of an agent; here every token is a node.
 */
export const tree: RolloutShape<TreeOptions> = {
  name: 'tree',
  description:
    'Some rollouts are drawn from the prompt, the others go on from uniformly drawn tokens of those before them.',
  source: 'Tree-GRPO, arXiv 2509.21240',
  optionsSchema,
  forks: true,
  width: ({ trees, forks, rounds }) => trees * (1 + rounds * forks),
  plan: ({ problems }, { trees }) => drawFromPrompts(problems, trees),
  next: (drawn, { forks, rounds }) => {
    if (drawn.round > rounds) return [];
    const trees = numberTrees(drawn.batch);
    return listGroups(drawn.batch.groups).flatMap((members) => forkGroup(drawn, members, { trees, forks }));
  },
};

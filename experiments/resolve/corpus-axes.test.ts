import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Settings } from '../../config/merge.ts';
import { listSources } from '../../corpora/open-corpus.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve.ts';

const page = readFileSync(new URL('../../docs/substrates.md', import.meta.url), 'utf8');

/** The axes that docs/substrates.md declares, by name. */
const documented = [...page.matchAll(/```yaml\n(axes:\n[\s\S]*?)```/g)].map(
  ([, text]) => (parse(text!) as { axes: Settings }).axes,
);

function resolve(axes: Settings): ResolvedExperiment {
  return resolveExperiment({
    name: 'doses',
    question: '?',
    task: { family: 'arithmetic' },
    controls: [],
    evaluation: { splits: { clean: 8 } },
    conditions: { base: { scheme: 'base' } },
    axes: axes as never,
  });
}

/** What the source of this name is asked for in each cell. */
function optionsOf(experiment: ResolvedExperiment, source: string): Record<string, unknown>[] {
  return experiment.conditions.map(
    ({ condition }) =>
      listSources(condition.base).find((placed) => placed.source.name === source)!.source.options,
  );
}

test('the axis of exposures that the page declares gives each cell its dose', () => {
  const doses = optionsOf(resolve(documented.find((axes) => 'exposure' in axes)!), 'planted');
  assert.deepEqual(
    doses.map(({ exposures }) => exposures),
    [[1], [16], [128]],
  );
});

test('the axis of shares that the page declares gives formats of equal length their frequencies', () => {
  const { conditions, ...experiment } = resolve(documented.find((axes) => 'share' in axes)!);
  const formats = optionsOf({ conditions, ...experiment }, 'solutions').map((options) => options['formats']);
  assert.deepEqual(
    formats,
    [0.3, 0.5, 0.7].map((share) => ({
      scratchpad: share,
      'padded-direct': Math.round((1 - share) * 10) / 10,
    })),
  );
  assert.equal(new Set(conditions.map(({ id }) => id)).size, 3);
});

test('a dose that the stage cannot hold is refused where it is declared', () => {
  const planted = { name: 'planted', share: 0.3, options: { exposures: [192] } };
  const base = { recipe: 'contaminated', stages: [{ name: 'leak', steps: 120, sources: [planted] }] };
  assert.throws(
    () => resolve({ exposure: { a: { base } } }),
    /base\.stages\.0\.sources\.0: found options that need 6144 documents, expected at most the 43\d\d/,
  );
});

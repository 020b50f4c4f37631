import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Part, PartFamily } from '../config/part.ts';
import { families } from './open-scheme.ts';
import { describeOptions } from './part-options.fixture.ts';
import { signals } from './signals/index.ts';

/** Families by their folder. */
const folders: Readonly<Record<string, PartFamily<Part<object>>>> = {
  '../rollouts/shapes': families.rollouts,
  rewards: families.rewards,
  judges: families.judges,
  signals,
  gates: families.gates,
  comparisons: families.comparisons,
  credit: families.credit,
  terms: families.objective,
};

/** One sentence: a full stop at its end and none before a further word. */
const SENTENCE = /^(?!.*[.!?]\s).+\.$/s;

/** Names of the parts that each file of a folder declares, by the file's own name without its extension. */
function listDeclarations(folder: string): readonly (readonly [stem: string, name: string])[] {
  const directory = new URL(`${folder}/`, import.meta.url);
  const files = readdirSync(directory).filter((file) => /^[a-z-]+\.ts$/.test(file));
  return files.flatMap((file) => {
    const text = readFileSync(new URL(file, directory), 'utf8');
    const found = [...text.matchAll(/\bname: '([^']+)',\s+description:(?=[^}]*optionsSchema)/g)];
    return found.map((match) => [file.slice(0, -'.ts'.length), match[1]!] as const);
  });
}

for (const [folder, family] of Object.entries(folders)) {
  // `reward` of `rewards`; what stands beside a part under its very name is a helper of several.
  const kind = folder.replace(/s$/, '');

  test(`${folder}: each part has a file of its name, or of NAME-${kind} beside a helper, and a line in the index`, () => {
    const declared = listDeclarations(folder);
    const stems = new Set(readdirSync(new URL(`${folder}/`, import.meta.url)));
    assert.deepEqual(declared.map(([, name]) => name).sort(), [...family.names].sort());
    for (const [stem, name] of declared) {
      const isBesideHelper = stem === `${name}-${kind}` && stems.has(`${name}.ts`);
      assert.ok(stem === name || isBesideHelper, `${name} is declared in ${folder}/${stem}.ts`);
    }
  });

  for (const part of family.parts) {
    const called = `${family.kind} ${part.name}`;

    test(`${called}: its name is kebab-case, its description one sentence`, () => {
      assert.match(part.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(part.description, SENTENCE);
    });

    test(`${called}: every option has a default and a sentence, and an unknown one is refused`, () => {
      const described = describeOptions(part);
      for (const [option, schema] of Object.entries(described)) {
        assert.ok(Object.hasOwn(schema, 'default'), `${option} has no default`);
        assert.match(schema.description ?? '', /^.+\.$/s, `${option} has no sentence`);
      }
      const { options } = family.open(part.name);
      assert.deepEqual(Object.keys(options).sort(), Object.keys(described).sort());
      assert.throws(() => family.open(part.name, { noSuchOption: 1 }), /noSuchOption/);
    });

    test(`${called}: its metrics have a place, a unit and a sentence`, () => {
      for (const metric of part.metrics ?? []) {
        assert.match(metric.name, /^[a-z]+\/[a-z_]+$/);
        assert.ok(metric.unit !== '' && metric.description !== '', metric.name);
      }
    });
  }
}

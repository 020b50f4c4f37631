import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Part, PartFamily } from '../config/part.ts';
import { families } from './open-scheme.ts';
import { partClaims } from './conformance/part-claims.ts';
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
    const directory = folder.startsWith('..') ? folder.slice('../'.length) : `schemes/${folder}`;
    const declared = listDeclarations(folder);
    const stems = new Set(readdirSync(new URL(`${folder}/`, import.meta.url)));
    const isCalled = ([stem, name]: (typeof declared)[number]): boolean =>
      stem === name || (stem === `${name}-${kind}` && stems.has(`${name}.ts`));
    const names = declared.map(([, name]) => name);
    assert.deepEqual(
      [
        ...declared
          .filter(([, name]) => !family.names.includes(name))
          .map(([stem]) => `${directory}/${stem}.ts is not in ${directory}/index.ts`),
        ...family.names
          .filter((name) => !names.includes(name))
          .map((name) => `${directory}/index.ts lists ${name}, which no file there declares`),
        ...declared
          .filter((each) => !isCalled(each))
          .map(
            ([stem, name]) => `${directory}/${stem}.ts declares ${name}; expected ${directory}/${name}.ts`,
          ),
      ],
      [],
    );
  });

  for (const part of family.parts) {
    const called = `${family.kind} ${part.name}`;

    for (const { claim, find } of partClaims)
      test(`${called}: ${claim}`, () => assert.deepEqual(find(part), []));
  }
}

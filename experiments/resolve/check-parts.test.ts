import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { createTemporaryDirectory } from '../../tests/support/small-matrix.ts';
import { checkFile } from './check-parts.ts';

const fixture = fileURLToPath(new URL('../../tests/fixtures/own-parts/parts.ts', import.meta.url));

/** `LINE PART: what was found` of a file of parts. */
async function listProblems(t: TestContext, text: string): Promise<string[]> {
  const file = join(createTemporaryDirectory(t, 'assay-check-'), 'parts.ts');
  writeFileSync(file, text);
  const { problems } = await checkFile(file);
  return problems.map(({ line, part, found }) => `${line} ${part}: ${found}`);
}

const fileOf = (members: string, parts = '{ rewards: [mine] }'): string =>
  `import { defineParts, defineReward, z } from 'assay';
let calls = 0;
const mine = defineReward({
  name: 'mine',
${members}
});
export const parts = defineParts(${parts});
`;

test('parts that keep what their families promise have nothing to mend', async () => {
  const { problems, parts, untried } = await checkFile(fixture);
  assert.deepEqual(problems, []);
  assert.ok(parts.includes('rewards shortness') && parts.includes('tasks echo'));
  assert.ok(untried.some((one) => one.startsWith('credit top-weighted:')));
  assert.ok(!untried.some((one) => one.startsWith('rewards')));
});

test('all that is wrong with how a part is declared is listed at once, each with its line', async (t) => {
  const problems = await listProblems(
    t,
    fileOf(`  description: 'One. Two',
  optionsSchema: z.object({ power: z.number() }),
  score: () => 1,`),
  );
  assert.deepEqual(problems, [
    '5 mine: found the description "One. Two", expected one sentence with a full stop',
    '6 mine: option power has no default; expected .default(…)',
    "6 mine: option power has no sentence; expected .describe('….')",
    '6 mine: optionsSchema takes {"noSuchOption":1}; expected z.strictObject',
  ]);
});

test('a reward that is not the same twice, or reads labels in secret, is found out', async (t) => {
  const declared = `  description: 'Of the test.',\n  optionsSchema: z.strictObject({}),\n`;
  const [random] = await listProblems(t, fileOf(`${declared}  score: () => (calls += 1),`));
  assert.match(random!, /^4 mine: found 1, then 2; options \{\}, on .*; and \d+ more like it$/);
  const [secret] = await listProblems(
    t,
    fileOf(`${declared}  score: ({ problem, completion }) => Number(completion.includes(problem.answer)),`),
  );
  assert.match(secret!, /it sees 'nothing', expected 'labels'/);
  const [needy] = await listProblems(t, fileOf(`${declared}  score: ({ referenceGap }) => referenceGap,`));
  assert.match(needy!, /^\d mine: found 0\.5, then null/);
});

test('what cannot be loaded, and a family that there is not, are told with the file', async (t) => {
  const declared = `  description: 'Of the test.',\n  optionsSchema: z.strictObject({}),\n  score: () => 1,`;
  const [stranger] = await listProblems(t, fileOf(declared, '{ reward: [mine] }'));
  assert.match(stranger!, /found reward, expected some of rollouts, rewards/);
  const [broken] = await listProblems(t, `${fileOf(declared)}const x = ;`);
  assert.match(broken!, /its parts do not compile/);
  const { problems } = await checkFile('/nowhere/parts.ts');
  assert.match(problems[0]!.found, /ENOENT/);
});

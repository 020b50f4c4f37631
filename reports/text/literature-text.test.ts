import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constraintSchema } from '../../config/constraint.ts';
import { describeConstraint, listStatements, literatureMarkdown } from './literature-text.ts';

const constraint = constraintSchema.parse({
  name: 'boundary',
  statement: 'RL narrows | what is reached.',
  date: '2025-04',
  source: { title: 'Does RL', arxiv: '2504.13837', seen: 'read' },
  moderators: { headroom: 'Nothing left, nothing to expand.' },
  claim: 'capability-boundary',
  for: [],
  against: [
    { arxiv: '2512.07783', seen: 'listed' },
    { arxiv: '2606.15455', seen: 'abstract', says: 'It is overtraining.' },
  ],
  status: 'perishable',
});

test('a claim’s page has what says otherwise beside what the paper says, and how well it is known', () => {
  const [markdown] = literatureMarkdown([constraint]);
  assert.equal(
    markdown,
    [
      '**The paper says** (arXiv 2504.13837 (read)): RL narrows \\| what is reached.',
      '',
      '- depends on headroom: Nothing left, nothing to expand.',
      '- against: arXiv 2512.07783 (listed only)',
      '- against: arXiv 2606.15455 (abstract read): It is overtraining.',
    ].join('\n'),
  );
  assert.deepEqual(literatureMarkdown([]), []);
});

test('the list says what tests a statement and how much speaks for and against it, the entry everything', () => {
  assert.equal(
    listStatements([constraint]),
    'boundary  2025-04  perishable  tested by capability-boundary, 0 for, 2 against\n  RL narrows | what is reached.',
  );
  const text = describeConstraint(constraint);
  for (const { arxiv } of constraint.against) assert.ok(text.includes(`against: arXiv ${arxiv}`));
  assert.match(text, /depends on headroom: Nothing left/);
});

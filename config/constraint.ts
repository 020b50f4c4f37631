import { z } from 'zod';

const arxivSchema = z
  .string()
  .regex(/^\d{4}\.\d{4,5}$/, 'expected an arXiv id such as "2504.13837", in quotes');

const seenSchema = z
  .enum(['read', 'abstract', 'listed'])
  .describe(
    'How the work is known: its text was read, its abstract, or only a list or summary that names it.',
  );

const moderatorSchema = z.enum([
  'headroom',
  'prior-accuracy',
  'strategy-share',
  'edge-of-competence',
  'group-size',
  'budget',
]);

const workSchema = z.strictObject({
  arxiv: arxivSchema,
  seen: seenSchema,
  says: z.string().min(1).optional().describe('In our own words; absent where only its direction is known.'),
});
type Work = z.infer<typeof workSchema>;

/** A dated statement of the literature about what a reward scheme can do, with what it depends on and what speaks for and against it. */
export const constraintSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9-]+$/),
    statement: z.string().min(1).describe('In our own words.'),
    date: z.iso.date().or(z.string().regex(/^\d{4}-\d{2}$/, 'expected a month such as "2025-04"')),
    source: z.strictObject({ title: z.string().min(1), arxiv: arxivSchema, seen: seenSchema }),
    moderators: z
      .partialRecord(moderatorSchema, z.string().min(1))
      .describe('What it depends on: moderator → how.'),
    claim: z.string().nullable().describe('The claim of experiments/claims that tests it; null: none does.'),
    for: z.array(workSchema),
    against: z.array(workSchema),
    status: z
      .enum(['durable', 'perishable', 'untested-here'])
      .describe(
        'untested-here: no claim tests it; perishable: one does, and work against it or a moderator that turns it is known; durable: neither is.',
      ),
  })
  .superRefine(({ date, source, claim, against, status }, context) => {
    const refuse = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const { arxiv } = source;
    if (date.slice(2, 7) !== `${arxiv.slice(0, 2)}-${arxiv.slice(2, 4)}`)
      refuse(['date'], `found ${date}, but arXiv ${arxiv} is of 20${arxiv.slice(0, 2)}-${arxiv.slice(2, 4)}`);
    if ((claim === null) !== (status === 'untested-here'))
      refuse(
        ['status'],
        `found ${status}, but ${claim === null ? 'no claim tests it' : `${claim} tests it`}`,
      );
    if (status === 'durable' && against.length > 0)
      refuse(['status'], `found durable, but ${against.length} works are against it`);
  });
export type Constraint = z.infer<typeof constraintSchema>;

const SEEN: Readonly<Record<Work['seen'], string>> = {
  read: 'read',
  abstract: 'abstract read',
  listed: 'listed only',
};

/** "arXiv 2506.08343 (listed only): suppression does no harm" */
export function describeWork({ arxiv, seen, says }: Work): string {
  return `arXiv ${arxiv} (${SEEN[seen]})${says === undefined ? '' : `: ${says}`}`;
}

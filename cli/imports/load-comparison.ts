import { fingerprint } from '../../config/canonical.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { Database } from '../../db/store/connection.ts';
import type { ImportedArm } from '../../reports/imports/imported-arm.ts';
import { loadArms, type ChosenArm, type LoadOptions } from '../../reports/imports/load-arms.ts';
import { pairArms, placeOf, type PairedArms } from '../../reports/imports/pair-arms.ts';
import {
  isGraded,
  listSplits,
  toComparisonInput,
  type ImportedRows,
} from '../../reports/imports/to-comparison-input.ts';
import { countNoun } from '../../reports/text/count-noun.ts';
import { readScoring, type CompareOptions } from './compare-options.ts';
import { planQuestions } from './plan-questions.ts';
import { readNoise } from './noise-file.ts';
import { readSplitFiles } from './split-files.ts';

/** How the samples of chosen arms are to be read. */
export async function toLoadOptions(options: CompareOptions): Promise<LoadOptions> {
  return {
    scoring: readScoring(options),
    splits: options.split ?? null,
    pairBy: options.pair,
    usesClusters: options.cluster === 'told',
    splitOf: await readSplitFiles(options),
  };
}

/** Scores of 0 to 1 are what levels, intervals and figures are made for. */
function assertWithinRange(arms: readonly ImportedArm[], { scorer }: CompareOptions): void {
  for (const { name, runs } of arms)
    for (const { counts } of runs)
      for (const { n, sum, sumOfSquares, sourceId } of counts)
        if (sum < 0 || sum > n || sumOfSquares > n)
          throw new InvalidSpecError(
            `${name} has scores outside 0 to 1${scorer === undefined ? '' : ` by ${scorer}`}, as on problem ${sourceId}; say what they count as: ` +
              '--threshold SCORE (right from there on), or --range LOW,HIGH (taken as 0 to 1)',
          );
}

/** Where ids pair, an id of two prompts in one run would be two problems in one. */
function assertOneEach(arms: readonly ImportedArm[]): void {
  for (const { name, runs } of arms)
    for (const { counts } of runs) {
      const seen = new Set<string>();
      for (const row of counts) {
        const place = placeOf(row);
        if (seen.has(place))
          throw new InvalidSpecError(
            `--pair id: ${name} calls several problems ${row.sourceId}; leave --pair out, so that prompts tell them apart`,
          );
        seen.add(place);
      }
    }
}

function chooseBaseline(arms: readonly ImportedArm[], { baseline }: CompareOptions): string {
  const names = arms.map(({ name }) => name);
  if (baseline === undefined) return names[0]!;
  if (!names.includes(baseline))
    throw new InvalidSpecError(
      `--baseline ${baseline} is none of the arms (${names.join(', ')}); name one of them`,
    );
  return baseline;
}

/** The samples of the arms, checked and with one baseline among them. */
export async function loadChosen(
  db: Database,
  chosen: readonly ChosenArm[],
  options: CompareOptions,
): Promise<{ arms: ImportedArm[]; baseline: string; load: LoadOptions }> {
  const load = await toLoadOptions(options);
  const arms = loadArms(db, chosen, load);
  const empty = arms.find(({ runs }) => runs.length === 0);
  if (empty !== undefined)
    throw new InvalidSpecError(
      `${empty.name} has no problem${load.splits === null ? '' : ` on ${load.splits.join(', ')}`}; see its splits with assay import ls --json`,
    );
  assertWithinRange(arms, options);
  if (options.pair === 'id') assertOneEach(arms);
  return { arms, baseline: chooseBaseline(arms, options), load };
}

/** Nothing shows how much clusters differ where there is one. */
function assertSeveralClusters({ arms }: PairedArms): void {
  const counts = arms[0]!.runs[0]!.counts;
  const clusters = new Map<string, Set<string | null>>();
  for (const { split, cluster } of counts)
    clusters.set(split, (clusters.get(split) ?? new Set()).add(cluster));
  for (const [split, own] of clusters) {
    const [only] = own;
    if (own.size > 1 || only === null) continue;
    const size = counts.filter((row) => row.split === split).length;
    throw new InvalidSpecError(
      `all ${countNoun(size, 'problem')} of ${split} are of one cluster, ${only}; name another column with --field cluster=COLUMN, or let each ` +
        'problem count for itself with --cluster problem',
    );
  }
}

function askQuestion(baseline: string, others: readonly string[]): string {
  return others.length === 1
    ? `How does ${others[0]!} compare with ${baseline}?`
    : `How do ${others.slice(0, -1).join(', ')} and ${others.at(-1)!} compare with ${baseline}?`;
}

/** The rows of a report on the chosen arms, and how its texts are to be read. */
export async function loadImportedComparison(
  db: Database,
  chosen: readonly ChosenArm[],
  options: CompareOptions,
): Promise<ImportedRows & { readonly load: LoadOptions }> {
  const { arms, baseline, load } = await loadChosen(db, chosen, options);
  if (arms.length < 2)
    throw new InvalidSpecError(
      `a comparison needs two arms, found ${arms.map(({ name }) => name).join(', ')}; name another file, or a column with --field arm=COLUMN`,
    );
  const others = arms.map(({ name }) => name).filter((name) => name !== baseline);
  const { alternative, margin = null, interest = null, k: ks } = options;
  const paired = pairArms(arms);
  assertSeveralClusters(paired);
  const read = { splits: listSplits(paired), isGraded: isGraded(paired) };
  const asked = { baseline, arms: others, ...read, ks, alternative, margin, interest };
  const hypotheses = planQuestions(asked);
  const runs = paired.arms[0]!.runs.length;
  const noise = options.noise === undefined ? undefined : await readNoise(options.noise, { ...asked, runs });
  const notices = chosen.flatMap(({ name, record }) => record.notices.map((notice) => `${name}: ${notice}`));
  const { description } = load.scoring;
  const rows = toComparisonInput({
    name: `${others.join('-')}-against-${baseline}`,
    question: askQuestion(baseline, others),
    fingerprint: fingerprint({
      arms: chosen.map(({ name, record, arm }) => ({ name, arm, id: record.id })),
      asked,
      read: {
        split: load.splits,
        pair: options.pair,
        cluster: options.cluster,
        scoring: description,
      },
      noise: noise ?? null,
    }),
    ...{ baseline, hypotheses, paired },
    ...(noise === undefined ? {} : { noise }),
    notices: [...(description === null ? [] : [description]), ...new Set(notices)],
  });
  return { ...rows, load };
}

import { DECISION_RULE } from './verdict-text.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';

/** Of what the report opens with. */
export const ANSWER_TITLE = 'Answer';

/** How to read the ranking. */
const RANKING_NOTE =
  'Level ± standard error over base models, seeds and problems; the difference is to the arm that stands before it. Detectable: the smallest true ' +
  'difference that 80% of such experiments would show, at the first level of Holm’s correction over all comparisons of pass@1. Tokens: sampled in ' +
  'training, mean per run. Best in: share of 2000 bootstrap replicates, which draw base models, seeds and problems once for all arms, in which the ' +
  'arm is the highest, ties split; it says how far the order depends on what was drawn, not how likely the arm is truly best.';

/** Why a row of differences has several p-values. */
const P_NOTE =
  'p covers other base models (seeds where there is one) and other problems, Student’s t as for claims; Holm p is the same held to 5% over all rows of ' +
  'one k, on every split. The sign-flip p takes the runs as they were trained and draws problems alone, so that it may be far smaller where seeds disagree: ' +
  'it says nothing of other seeds. Rows of other seeds, which share no pairs, have interval and p of the bootstrap.';

const LEAD =
  'Every pair of arms on the same problems, and of the same seeds where both have them: to the baseline, to the control arms, and between schemes. Where an ' +
  'interval includes 0 there is no evidence of a difference; suggestive is one that does not, but is not beyond the correction for all comparisons.';

const SETTINGS =
  'All else is the same in every arm. A dash: the arm has no such setting, as one that takes no step has none of training.';

const IMPORT_LEAD =
  'Every pair of arms on the problems that all of them have. Where an interval includes 0 there is no evidence of a difference; suggestive is one that does ' +
  'not, but is not beyond the correction for all comparisons.';

const IMPORT_RULE =
  'Supported when the one-sided p of the claim, Holm-corrected over all claims of this comparison, is at most 0.025, where the 95% interval excludes the bound; contradicted when the same holds for its ' +
  'opposite; no-effect when two one-sided tests put the effect within ± the smallest effect of interest, where one is given; else underpowered. Problems are ' +
  'paired by what was asked; a problem without a score in some arm is left out.';

const TESTED_OVER = {
  problems: 'other problems of the same kind, for these runs as they are: nothing is said of other runs',
  runs: 'other runs of the arms and other problems',
};

/** How to read the tables that a report opens with. */
export interface ReportNotes {
  readonly ranking: string;
  readonly p: string;
  readonly forest: string;
  /** What the table of differences holds. */
  readonly lead: string;
  /** How to read the ticks of a figure of differences; empty where it has none. */
  readonly ticks: string;
  /** What the table of settings holds. */
  readonly settings: string;
  /** What intervals are over. */
  readonly units: string;
  /** How verdicts come about. */
  readonly rule: string;
}

/** Of results that other programs made, which have no base models and may have one run per arm. */
function notesForImports(population: 'runs' | 'problems', scoreName: string): ReportNotes {
  const over = TESTED_OVER[population];
  return {
    ranking:
      `Level ± standard error over ${population === 'runs' ? 'runs and problems' : 'problems'}; the difference is to the arm that stands before it. ` +
      'Detectable: the smallest true difference that 80% of such comparisons would show, at the first level of Holm’s correction over all ' +
      `comparisons of ${scoreName}. Tokens: completion tokens of a mean sample. Best in: share of 2000 bootstrap replicates (fewer with more than 50 000 problems) in which the arm is the highest, ties split.`,
    p:
      `p covers ${over}, Student’s t over ${population === 'runs' ? 'runs and problems' : 'problems'}, or their clusters where these are told; Holm p is the same held to 5% over ` +
      'all rows of one k, on every split. The sign-flip p draws problems alone.',
    ...{
      lead: IMPORT_LEAD,
      ticks: population === 'runs' ? ' Ticks: the difference of each pair of runs.' : '',
    },
    settings:
      'What the files tell of themselves and is not alike in all arms. A dash: the file does not tell it.',
    forest: population === 'runs' ? 'Bar: 95% interval. Ticks: each run.' : 'Bar: 95% interval.',
    units: population === 'runs' ? 'runs and problems' : 'problems',
    rule: `${IMPORT_RULE} p and interval cover ${over}.`,
  };
}

export function notesFor({ imported }: Pick<ComparisonInput, 'imported'>): ReportNotes {
  if (imported !== undefined)
    return notesForImports(imported.population, imported.isGraded ? 'the mean score' : 'pass@1');
  return {
    ...{ ranking: RANKING_NOTE, p: P_NOTE, forest: 'Bar: 95% interval. Ticks: each seed.' },
    ...{ units: 'base models, seeds and problems', rule: DECISION_RULE },
    ...{ lead: LEAD, ticks: ' Ticks: the difference of each seed.', settings: SETTINGS },
  };
}

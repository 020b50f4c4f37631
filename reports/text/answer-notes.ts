/** Of what the report opens with. */
export const ANSWER_TITLE = 'Answer';

/** How to read the ranking. */
export const RANKING_NOTE =
  'Level ± standard error over base models, seeds and problems; the difference is to the arm that stands before it. Detectable: the smallest true ' +
  'difference that 80% of such experiments would show, at the first level of Holm’s correction over all comparisons of pass@1. Tokens: sampled in ' +
  'training, mean per run. Best in: share of 2000 bootstrap replicates, which draw base models, seeds and problems once for all arms, in which the ' +
  'arm is the highest, ties split; it says how far the order depends on what was drawn, not how likely the arm is truly best.';

/** Why a row of differences has several p-values. */
export const P_NOTE =
  'p covers other base models (seeds where there is one) and other problems, Student’s t as for claims; Holm p is the same held to 5% over all rows of ' +
  'one k, on every split. The sign-flip p takes the runs as they were trained and draws problems alone, so that it may be far smaller where seeds disagree: ' +
  'it says nothing of other seeds. Rows of other seeds, which share no pairs, have interval and p of the bootstrap.';

/** How the vote of k samples is drawn from the recorded answers, and who wins when the top answers tie. */
export type VoteRule =
  | 'without-replacement/uniform-ties'
  | 'without-replacement/first-seen-ties'
  | 'with-replacement/uniform-ties';

export interface MajorityInput {
  /** Extracted answers in sampling order; null where none could be extracted, which then does not vote. */
  readonly answers: readonly (string | null)[];
  readonly correct: string;
  readonly k: number;
  readonly rule: VoteRule;
}

/** weights[x]: in how many ways (or with what multinomial weight) an answer gets x votes. */
type VoteWeights = readonly number[];

/** C(1030, 515) overflows a float64, so the exact weights end there. */
export const LARGEST_SAMPLE = 1000;

/**
 * maj@k: the chance that the most frequent of k sampled answers is the correct one, exactly (no Monte Carlo). Null
 * (undefined) when k exceeds the number of answers, also for the rule with replacement, where more would be extrapolated.
 *
 * @throws RangeError when k < 1 or more than 1000 answers are given
 */
export function majorityAtK({ answers, correct, k, rule }: MajorityInput): number | null {
  const n = answers.length;
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`maj@k needs an integer k >= 1, found ${k}`);
  if (n > LARGEST_SAMPLE) throw new RangeError(`maj@k takes at most ${LARGEST_SAMPLE} answers, found ${n}`);
  if (k > n) return null;
  if (rule === 'without-replacement/first-seen-ties') return firstSeenTies(answers, correct, k);
  const weigh = rule === 'with-replacement/uniform-ties' ? multinomialWeights(n) : binomialWeights;
  const total = rule === 'with-replacement/uniform-ties' ? n ** k / factorial(k) : choose(n, k);
  const counts = countAnswers(answers);
  const silent = weigh(counts.get(null) ?? 0, k);
  const own = weigh(counts.get(correct) ?? 0, k);
  const rivals = [...counts].filter(([answer]) => answer !== null && answer !== correct);
  const rivalWeights = rivals.map(([, count]) => weigh(count, k));
  let wins = 0;
  for (let votes = 1; votes <= k; votes += 1) {
    const weight = own[votes]!;
    if (weight > 0) wins += weight * sharedWins({ rivals: rivalWeights, silent, votes, others: k - votes });
  }
  return wins / total;
}

interface RivalVotes {
  rivals: readonly VoteWeights[];
  silent: VoteWeights;
  votes: number;
  others: number;
}

/** Weight of the ways in which `others` votes fall so that no rival exceeds `votes`, each shared among the tied. */
function sharedWins({ rivals, silent, votes, others }: RivalVotes): number {
  // byTies[t]: polynomial in the votes used, given that t rivals reached exactly `votes`.
  let byTies: number[][] = [silent.slice(0, others + 1)];
  for (const rival of rivals) {
    const below = rival.slice(0, votes);
    const tied = rival[votes] ?? 0;
    const next: number[][] = byTies.map((ways) => convolve(ways, below, others));
    if (tied > 0) {
      byTies.forEach((ways, ties) => {
        const shifted = Array<number>(others + 1).fill(0);
        ways.forEach((way, used) => {
          if (used + votes <= others) shifted[used + votes] = way * tied;
        });
        next[ties + 1] = addWays(next[ties + 1], shifted);
      });
    }
    byTies = next;
  }
  return byTies.reduce((sum, ways, ties) => sum + (ways[others] ?? 0) / (ties + 1), 0);
}

function firstSeenTies(answers: readonly (string | null)[], correct: string, k: number): number {
  const n = answers.length;
  const counts = countAnswers(answers);
  const silent = binomialWeights(counts.get(null) ?? 0, k);
  const rivals = [...counts].filter(([answer]) => answer !== null && answer !== correct);
  // remaining[answer]: occurrences at or after the position that the loop has reached.
  const remaining = new Map(counts);
  let wins = 0;
  answers.forEach((answer) => {
    remaining.set(answer, remaining.get(answer)! - 1);
    if (answer !== correct) return;
    const ownAfter = remaining.get(correct)!;
    for (let votes = 1; votes <= Math.min(k, ownAfter + 1); votes += 1) {
      let ways = silent.slice(0, k - votes + 1);
      for (const [rival, count] of rivals) {
        // A rival with as many votes loses only if all of its drawn votes come after the correct answer's first.
        const allowed = [...binomialWeights(count, votes - 1), choose(remaining.get(rival)!, votes)];
        ways = convolve(ways, allowed, k - votes);
      }
      wins += choose(ownAfter, votes - 1) * (ways[k - votes] ?? 0);
    }
  });
  return wins / choose(n, k);
}

function countAnswers(answers: readonly (string | null)[]): Map<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return counts;
}

function convolve(a: readonly number[], b: readonly number[], limit: number): number[] {
  const product = Array<number>(limit + 1).fill(0);
  a.forEach((left, i) => {
    if (left === 0) return;
    for (let j = 0; j < b.length && i + j <= limit; j += 1) product[i + j]! += left * b[j]!;
  });
  return product;
}

function addWays(a: readonly number[] | undefined, b: readonly number[]): number[] {
  return b.map((value, i) => value + (a?.[i] ?? 0));
}

function binomialWeights(count: number, limit: number): number[] {
  return Array.from({ length: limit + 1 }, (_, x) => choose(count, x));
}

function multinomialWeights(total: number): (count: number, limit: number) => number[] {
  if (total > 100)
    throw new RangeError(`the rule with replacement takes at most 100 answers, found ${total}`);
  return (count, limit) => Array.from({ length: limit + 1 }, (_, x) => count ** x / factorial(x));
}

function choose(n: number, k: number): number {
  if (k > n) return 0;
  let value = 1;
  for (let i = 1; i <= k; i += 1) value *= (n - k + i) / i;
  return value;
}

function factorial(n: number): number {
  let value = 1;
  for (let i = 2; i <= n; i += 1) value *= i;
  return value;
}

import type { Opened } from '../../config/part.ts';
import type {
  AnsweredQuestion,
  ClientJudge,
  Judge,
  JudgeAnswer,
  JudgeCall,
  JudgeClient,
  Judgement,
  JudgeQuestion,
} from './judge.ts';

/** A judge asks a model, and nothing here can answer: give the store's worker a client. */
export class JudgeClientMissingError extends Error {
  override readonly name = 'JudgeClientMissingError';

  constructor(judge: string) {
    super(
      `judge '${judge}' asks a model, and this worker has no client that answers; give its store a \`judgeClient\`, or take a ` +
        'judge by rules',
    );
  }
}

/** A judge gave what is no judgement: mend the judge named. */
export class InvalidJudgementError extends Error {
  override readonly name = 'InvalidJudgementError';
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

/** What is wrong with a judgement; null: nothing. */
function findFlaw({ outcome, score, weight, unit, vote, tokens }: Judgement): string | null {
  if ((outcome === 'judged') !== (score !== null)) return 'a score exactly where it is judged';
  if (score !== null && !Number.isFinite(score)) return 'a finite score';
  if (!Number.isFinite(weight) || weight < 0) return 'a finite weight of at least 0';
  if (!isCount(unit, -1)) return 'a unit from 0, or −1';
  return isCount(vote, 0) && isCount(tokens, 0) ? null : 'vote and tokens that are counts';
}

function placeOf({ item, unit, vote }: Judgement): string {
  return `${item}, unit ${unit}, vote ${vote}`;
}

function requireSound(judge: string, { problem }: JudgeCall, found: readonly Judgement[]): void {
  const refuse = (judgement: Judgement, expected: string): never => {
    throw new InvalidJudgementError(
      `judge '${judge}' said of ${placeOf(judgement)}, on a rollout of problem '${problem.key}', ` +
        `${JSON.stringify(judgement)}; expected ${expected}`,
    );
  };
  const places = new Set<string>();
  for (const judgement of found) {
    const flaw = findFlaw(judgement);
    if (flaw !== null) refuse(judgement, flaw);
    if (places.has(placeOf(judgement))) refuse(judgement, 'one judgement of each item, unit and vote');
    places.add(placeOf(judgement));
  }
}

function toFailure(
  { item, unit, vote, weight }: JudgeQuestion,
  { text, tokens }: JudgeAnswer,
  outcome: Exclude<JudgeAnswer['outcome'], 'answered'>,
): Judgement {
  return { item, unit, vote, weight, outcome, score: null, label: null, text, tokens };
}

async function askAll(
  part: ClientJudge<object>,
  { call, options, client }: { call: JudgeCall; options: object; client: JudgeClient },
): Promise<Judgement[]> {
  const answers = await Promise.all(
    part.questions(call, options).map(async (question) => [question, await client.ask(question)] as const),
  );
  const whole: AnsweredQuestion[] = [];
  const failures: Judgement[] = [];
  for (const [question, answer] of answers) {
    const { outcome, text, tokens } = answer;
    if (outcome === 'answered') whole.push({ question, text, tokens });
    else failures.push(toFailure(question, answer, outcome));
  }
  return [...part.read(whole, options), ...failures];
}

/**
 * What a judge finds of one rollout.
 *
 * @throws JudgeClientMissingError, InvalidJudgementError
 */
export async function runJudge(
  { part, options }: Opened<Judge<object>>,
  call: JudgeCall,
  client?: JudgeClient,
): Promise<readonly Judgement[]> {
  if (part.engine === 'client' && client === undefined) throw new JudgeClientMissingError(part.name);
  const found =
    part.engine === 'rules'
      ? part.judge(call, options)
      : await askAll(part, { call, options, client: client! });
  requireSound(part.name, call, found);
  return found;
}

import type { Need, Opened, Part } from '../../config/part.ts';
import type { Problem } from '../../tasks/problem.ts';
import type { FinishedCompletion, Task } from '../../tasks/task.ts';

/** The unit of what is said of a rollout as a whole. */
export const WHOLE_ROLLOUT = -1;

/** Where among a judge's findings on one rollout one stands. */
export interface JudgementPlace {
  /** What was asked about, such as a criterion. */
  readonly item: string;
  /** Which unit of the rollout, from 0, or `WHOLE_ROLLOUT`. */
  readonly unit: number;
  /** Which of several answers to the same question, from 0. */
  readonly vote: number;
  /** Factor of the score among those of the same rollout, at least 0. */
  readonly weight: number;
}

/** What a judge found; what it could not find is an outcome of its own, never a score of 0. */
export interface Judgement extends JudgementPlace {
  /**
   * `judged`; `unparsable`: the answer says nothing that can be read, `truncated`: it was cut off, `failed`: none came, `refused`: the
   * judge would not answer; `not-applicable`: there was nothing to ask.
   */
  readonly outcome: 'judged' | 'unparsable' | 'truncated' | 'failed' | 'refused' | 'not-applicable';
  /** 1: met, 0: unmet; null exactly where it is not judged. */
  readonly score: number | null;
  /** The verdict in the judge's own words; null where it has none. */
  readonly label: string | null;
  /** What the judge said; null: nothing beside the score. */
  readonly text: string | null;
  /** Tokens that a model spent on it; 0 for rules. An answer's stand in one of the judgements that are read from it. */
  readonly tokens: number;
}

/** One rollout as judges see it. */
export interface JudgeCall {
  readonly task: Task;
  readonly problem: Problem;
  readonly completion: FinishedCompletion;
}

/** A text to be answered, and what the answer is about. */
export interface JudgeQuestion extends JudgementPlace {
  readonly text: string;
  /** The longest answer in tokens. */
  readonly maxTokens: number;
}

export interface JudgeAnswer {
  /** `answered`, or why there is no whole answer. */
  readonly outcome: 'answered' | 'truncated' | 'failed' | 'refused';
  /** What came, whole only when `answered`; why none came otherwise. */
  readonly text: string;
  /** Tokens of question and answer together. */
  readonly tokens: number;
}

/**
 * Who answers a judge's questions. It limits how many it has under way itself, and tries again itself; a rejection ends the attempt of
 * the stage, so that an answer which will not come is `failed`.
 */
export interface JudgeClient {
  ask(question: JudgeQuestion): Promise<JudgeAnswer>;
}

/** A question with its whole answer. */
export interface AnsweredQuestion {
  readonly question: JudgeQuestion;
  readonly text: string;
  readonly tokens: number;
}

interface JudgeFrame<Options extends object> extends Part<Options> {
  /** What one of its calls is about: all of a rollout, one of its units, or one item. */
  readonly asks: 'rollout' | 'unit' | 'item';
  /** The items of its judgements; absent: they differ from rollout to rollout. */
  items?(options: Options): readonly string[];
}

/** A judge that computes what it finds: the same rollout is judged alike whenever and beside whatever others. */
export interface RulesJudge<Options extends object> extends JudgeFrame<Options> {
  readonly engine: 'rules';
  judge(call: JudgeCall, options: Options): readonly Judgement[];
}

/** A judge that has questions answered; planning and reading are pure. */
export interface ClientJudge<Options extends object> extends JudgeFrame<Options> {
  readonly engine: 'client';
  questions(call: JudgeCall, options: Options): readonly JudgeQuestion[];
  /** @param answers the whole ones of one rollout; a question that has none is recorded as such without it */
  read(answers: readonly AnsweredQuestion[], options: Options): readonly Judgement[];
}

/** What tells how good a rollout is beside its verdict: typed judgements, by item, unit and vote. Rewards read them. */
export type Judge<Options extends object> = RulesJudge<Options> | ClientJudge<Options>;

const NEED = 'judge:';

/** What a part needs that reads the judge `name`. */
export function needJudge(name: string): Need {
  return `${NEED}${name}`;
}

/** Names of the judges among what parts need. */
export function listNeededJudges(needs: Iterable<Need>): string[] {
  return [...needs].flatMap((need) => (need.startsWith(NEED) ? [need.slice(NEED.length)] : []));
}

/** Judgements of one rollout by one judge as calls of it: those of the same call have the same key. */
export function callOf(
  { part }: Opened<Judge<object>>,
  { item, unit, vote }: Pick<JudgementPlace, 'item' | 'unit' | 'vote'>,
): string {
  const key = { rollout: [vote], unit: [vote, unit], item: [vote, unit, item] }[part.asks];
  return JSON.stringify(key);
}

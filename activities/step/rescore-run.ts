import { listUndecidedRules, rescoreStep, type RescoredRollout, type Score } from './rescore-step.ts';
import { toInts } from '../../db/blobs.ts';
import { openRunContext, type RunContext } from '../run/run-context.ts';
import { planOfRecorded } from '../run/run-inputs.ts';
import type { Database } from '../../db/store/connection.ts';
import { findRun } from '../../db/queries/runs.ts';
import { nextStepOf } from '../../db/queries/steps.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { Scheme } from '../../config/scheme.ts';

/** Rollouts of one outcome and format under both schemes; means over those that have the number, null where none has. */
export interface RescoredKind {
  readonly outcome: string;
  readonly format: string;
  readonly rollouts: number;
  readonly own: Score;
  readonly other: Score;
  /** Rollouts that one scheme strengthens and the other weakens. */
  readonly opposed: number;
  /** Rollouts that one scheme leaves out and the other does not. */
  readonly leftOutByOne: number;
}

/** A sampled token and what it was taught: its credit times its weight; null where the rollout was left out. */
export interface RescoredToken {
  /** Empty for the end token and others without text. */
  readonly text: string;
  readonly own: number | null;
  readonly other: number | null;
}

/** A rollout on which the schemes differ. */
export interface Disagreement {
  readonly step: number;
  readonly prompt: string;
  readonly answer: string;
  readonly text: string;
  readonly outcome: string;
  readonly own: Score;
  readonly other: Score;
  readonly tokens: readonly RescoredToken[];
}

export interface RescoredRun {
  readonly runId: string;
  readonly ownScheme: string;
  readonly otherScheme: string;
  /** First and last step, from 0. */
  readonly steps: readonly [number, number];
  readonly rollouts: number;
  readonly kinds: readonly RescoredKind[];
  /** Credit rules of the other scheme that only an optimizer step can decide, and that are left out here. */
  readonly undecided: readonly string[];
  /** Furthest apart in what their tokens are taught first. */
  readonly disagreements: readonly Disagreement[];
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function meanScore(scores: readonly Score[]): Score {
  return {
    reward: meanOf(scores.map(({ reward }) => reward)),
    advantage: meanOf(scores.map(({ advantage }) => advantage)),
  };
}

function isOpposed({ own, other }: RescoredRollout): boolean {
  return (own.advantage ?? 0) * (other.advantage ?? 0) < 0;
}

/** By outcome and format, in their alphabetical order. */
function groupByKind(rescored: readonly RescoredRollout[]): RescoredRollout[][] {
  const kinds = new Map<string, RescoredRollout[]>();
  for (const one of rescored) {
    const kind = `${one.rollout.verdict.outcome} ${one.rollout.format}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  return [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, members]) => members);
}

function summarize(rescored: readonly RescoredRollout[]): RescoredKind {
  const { verdict, format } = rescored[0]!.rollout;
  return {
    outcome: verdict.outcome,
    format,
    rollouts: rescored.length,
    own: meanScore(rescored.map(({ own }) => own)),
    other: meanScore(rescored.map(({ other }) => other)),
    opposed: rescored.filter(isOpposed).length,
    leftOutByOne: rescored.filter(({ own, other }) => (own.advantage === null) !== (other.advantage === null))
      .length,
  };
}

/** Mean over tokens of how far apart what they are taught is. */
function distance({ rollout, ownPull, otherPull }: RescoredRollout): number {
  const apart = Array.from({ length: rollout.tokenCount }, (_, at) =>
    Math.abs((ownPull?.[at] ?? 0) - (otherPull?.[at] ?? 0)),
  );
  return apart.reduce((sum, difference) => sum + difference, 0) / Math.max(apart.length, 1);
}

function toDisagreement(
  { rollout, own, other, ownPull, otherPull }: RescoredRollout,
  { tokenizer }: RunContext,
): Disagreement {
  const { step, prompt, answer, text, verdict } = rollout;
  const tokens = tokenizer.offsets(toInts(rollout.tokens)).map(({ from, to }, at) => ({
    text: text.slice(from, to),
    own: ownPull?.[at] ?? null,
    other: otherPull?.[at] ?? null,
  }));
  return { step, prompt, answer, text, outcome: verdict.outcome, own, other, tokens };
}

/**
 * What another scheme would have made of a run's stored rollouts, and where the two disagree. Nothing is written.
 *
 * @param call.last how many of the newest recorded steps to look at
 * @param call.show how many disagreements to return at most
 * @throws UnknownRunError, InvalidSpecError when the run trained nothing, and as `rescoreStep`
 */
export function rescoreRun(
  db: Database,
  runId: string,
  call: { readonly scheme: Scheme; readonly last: number; readonly show: number },
): RescoredRun {
  const { scheme, last, show } = call;
  const run = findRun(db, runId);
  const recorded = run.reusedRunId ?? runId;
  const steps = nextStepOf(db, recorded);
  if (steps === 0) throw new InvalidSpecError(`${runId} has no recorded training step to rescore`);
  const context = openRunContext({ ...planOfRecorded(db, run), runId: recorded });
  const from = Math.max(0, steps - last);
  const rescored = Array.from({ length: steps - from }, (_, i) =>
    rescoreStep(db, context, { scheme, step: from + i }),
  ).flat();
  return {
    runId,
    ownScheme: context.plan.condition.scheme.name,
    otherScheme: scheme.name,
    steps: [from, steps - 1],
    rollouts: rescored.length,
    kinds: groupByKind(rescored).map(summarize),
    undecided: listUndecidedRules(scheme),
    disagreements: rescored
      .filter((one) => distance(one) > 0)
      .sort((a, b) => distance(b) - distance(a) || a.rollout.id - b.rollout.id)
      .slice(0, show)
      .map((one) => toDisagreement(one, context)),
  };
}

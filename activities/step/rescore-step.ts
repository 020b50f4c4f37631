import type { Database } from '../../db/store/connection.ts';
import { listRollouts, type RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { estimateCredit } from '../../schemes/credit/estimate-credit.ts';
import { listAsked, openScheme, type OpenScheme } from '../../schemes/open-scheme.ts';
import { canonicalJson } from '../../config/canonical.ts';
import { selectRows } from '../../rollouts/select-rows.ts';
import { MissingSignalError } from '../../schemes/rewards/reward.ts';
import type { ShapedBatch } from '../../rollouts/rollout-batch.ts';
import type { Scheme } from '../../config/scheme.ts';
import { toFloats } from '../../db/blobs.ts';
import { gatherRollouts } from './gather-rollouts.ts';
import { countWanted } from '../dataset/dataset-rows.ts';
import { passGates, rewardGroups, toEstimateCall } from './reward-groups.ts';
import { placeRollouts } from './reward-input.ts';
import type { RunContext } from '../run/run-context.ts';

/** What a scheme makes of a rollout; advantage null: left out by a gate. */
export interface Score {
  readonly reward: number | null;
  readonly advantage: number | null;
}

/** A stored training rollout under the scheme it was trained with and under another one. */
export interface RescoredRollout {
  readonly rollout: RolloutWithVerdict;
  readonly own: Score;
  readonly other: Score;
  /** [tokenCount]: credit times weight of each token; null where the rollout was left out. */
  readonly ownPull: Float32Array | null;
  readonly otherPull: Float32Array | null;
}

/** What the scheme that trained the run taught each token. */
function readOwnPull({ credit, tokenWeights }: RolloutWithVerdict): Float32Array | null {
  if (credit === null) return null;
  const weights = tokenWeights === null ? null : toFloats(tokenWeights);
  return toFloats(credit).map((value, at) => value * (weights?.[at] ?? 1));
}

/** Credit times weight of each token by rollout id, under another scheme. */
function mapPulls(
  rows: readonly RolloutWithVerdict[],
  { completionLength: width, perToken: { credit, tokenWeights } }: ShapedBatch,
): Map<number, Float32Array> {
  return new Map(
    rows.map(({ id, tokenCount }, row) => {
      const pull = Float32Array.from(
        { length: tokenCount },
        (_, at) => credit[row * width + at]! * (tokenWeights?.[row * width + at] ?? 1),
      );
      return [id, pull];
    }),
  );
}

/** Names of a scheme's credit rules that only an optimizer step can decide. */
export function listUndecidedRules(scheme: Scheme): string[] {
  const { credit } = openScheme(scheme);
  return credit.filter(({ part }) => part.rule !== undefined).map(({ part }) => part.name);
}

/** A judge that did not run, or under other options, has left nothing to read. @throws MissingSignalError */
function requireJudged({ judges }: OpenScheme, ran: OpenScheme['judges'], scheme: string): void {
  for (const { part, options } of judges) {
    const own = ran.find((judge) => judge.part.name === part.name);
    if (own !== undefined && canonicalJson(own.options) === canonicalJson(options)) continue;
    const mend = 'rescore a run whose scheme lists the judge with the same options';
    throw new MissingSignalError(scheme, `what judge ${part.name} finds under these options`, { mend });
  }
}

/** As `requireJudged`, of rewards that are asked: nobody is asked again. @throws MissingSignalError */
function requireAnswered(other: OpenScheme, own: OpenScheme): void {
  for (const { part, options } of listAsked(other)) {
    const asked = listAsked(own).find((reward) => reward.part.name === part.name);
    if (asked !== undefined && canonicalJson(asked.options) === canonicalJson(options)) continue;
    const mend = 'rescore a run whose scheme asks for it with the same options';
    throw new MissingSignalError(part.name, 'the scores that it was answered under these options', { mend });
  }
}

/**
 * Every rollout of a recorded step as another scheme would have rewarded it and compared it with its group, from stored
 * numbers alone. Credit rules that wait for the optimizer step have no say here. Gates choose among the groups that were sampled;
 * more than those no gate can ask for afterwards.
 *
 * @throws MissingSignalError, MissingColumnError when the scheme reads what was not kept, such as a critic's values
 */
export function rescoreStep(
  db: Database,
  context: RunContext,
  { scheme, step }: { readonly scheme: Scheme; readonly step: number },
): RescoredRollout[] {
  const { runId } = context.plan;
  const { padId } = context.tokenizer;
  const open = openScheme(scheme);
  requireJudged(open, context.scheme.judges, scheme.name);
  requireAnswered(open, context.scheme);
  const rows = listRollouts(db, { runId, phase: 'train', step });
  if (rows.length === 0) return [];
  // Without prompts, which neither rewards nor credit read.
  const batch = gatherRollouts(rows, { groups: rows.map(({ problemIndex }) => problemIndex), padId });
  const groups = rewardGroups(db, context, { scheme: open, rows: placeRollouts(batch, rows) });
  const { kept } = passGates(groups, open.gates, countWanted(context.plan));
  const placed = kept.flatMap((group) => group.rows);
  const keptRows = placed.map(({ rollout }) => rollout);
  const estimated = estimateCredit(selectRows(placed, padId), toEstimateCall(kept, open));
  const advantageOf = new Map(keptRows.map(({ id }, at) => [id, estimated.perRollout.advantages[at]!]));
  const pulls = mapPulls(keptRows, estimated);
  return groups.flatMap((group) =>
    group.rows.map(({ rollout }, i) => ({
      rollout,
      own: { reward: rollout.reward, advantage: rollout.advantage },
      other: { reward: group.rewards[i]!.reward, advantage: advantageOf.get(rollout.id) ?? null },
      ownPull: readOwnPull(rollout),
      otherPull: pulls.get(rollout.id) ?? null,
    })),
  );
}

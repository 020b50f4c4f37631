import { listProbeScores } from '../../db/queries/probe-scores.ts';
import { listEvaluatedProblems } from '../../db/queries/report-queries.ts';
import { canonicalJson } from '../../config/canonical.ts';
import { listRuns, type RunWithCondition } from '../../db/queries/runs.ts';
import { findBaseModel } from '../../db/queries/base-models.ts';
import type { Database } from '../../db/store/connection.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { toCardEvaluation } from './load-base-card.ts';
import type { GateArm, SeedArms } from './measure-gates.ts';

/** What a store holds of the arms of a card. */
export interface LoadedArms {
  readonly bySeed: ReadonlyMap<number, SeedArms>;
  /** Base seed → SHA-256 of the base model's weights. */
  readonly weights: Readonly<Record<string, string>>;
  /** Kinds of machine that computed them, as canonical JSON. */
  readonly machines: readonly string[];
}

/** Share of problems whose greedy answer is right, by split. */
function loadGreedy(db: Database, run: RunWithCondition): Record<string, number> {
  const scores = listProbeScores(db, [run.reusedRunId ?? run.id]).filter(
    ({ probe, metric }) => probe === 'answer-confidence' && metric === 'accuracy',
  );
  return Object.fromEntries(
    [...groupRows(scores, ({ split }) => split)].map(([split, rows]) => [
      split,
      rows.reduce((sum, { value }) => sum + value, 0) / rows.length,
    ]),
  );
}

interface Provenance {
  readonly backend: string;
  readonly flags: unknown;
  readonly device: unknown;
  readonly host: { readonly platform: string; readonly architecture: string; readonly processor: unknown };
}

/** What of a run's provenance may decide a number; not the host's name. */
function machineOf({ provenance }: RunWithCondition): string[] {
  if (provenance === null) return [];
  const { backend, flags, device, host } = JSON.parse(provenance) as Provenance;
  const { platform, architecture, processor } = host;
  return [canonicalJson({ backend, flags, device, platform, architecture, processor })];
}

/** The completed arms of an experiment on the base seeds asked for; a seed of which nothing is there has none. */
export function loadGateArms(db: Database, experimentId: string, seeds: readonly number[]): LoadedArms {
  const runs = listRuns(db, experimentId).filter(
    ({ status, baseSeed }) => status === 'completed' && seeds.includes(baseSeed),
  );
  const evaluated = groupRows(listEvaluatedProblems(db, experimentId), ({ runId }) => runId);
  const bySeed = new Map<number, Map<string, GateArm>>(seeds.map((seed) => [seed, new Map()]));
  const weights: Record<string, string> = {};
  for (const run of runs) {
    const arm = {
      name: run.conditionName,
      evaluations: (evaluated.get(run.id) ?? []).map(toCardEvaluation),
      greedy: loadGreedy(db, run),
    };
    bySeed.get(run.baseSeed)!.set(arm.name, arm);
    weights[run.baseSeed] = findBaseModel(db, run.baseModelId)!.weights.sha256;
  }
  return { bySeed, weights, machines: [...new Set(runs.flatMap(machineOf))].sort() };
}

import { findBaseModel } from '../../db/queries/base-models.ts';
import type { Database } from '../../db/store/connection.ts';
import { listProbeScores } from '../../db/queries/probe-scores.ts';
import { listEvaluatedProblems, type EvaluatedProblemRow } from '../../db/queries/report-queries.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { toBaseCard, type BaseCard, type CardEvaluation } from './base-card.ts';

/** Which base model, and the experiment that evaluates it untrained. */
export interface BaseCardRequest {
  readonly name: string;
  readonly purpose: string;
  readonly seed: number;
  readonly baseModelId: string;
  readonly experimentId: string;
  readonly runId: string;
}

/** A stored evaluation of one problem as cards read it. */
export function toCardEvaluation(row: EvaluatedProblemRow): CardEvaluation {
  const { split, answer, n, c, answers, formats } = row;
  return {
    ...{ split, answer, n, c },
    answers: JSON.parse(answers) as CardEvaluation['answers'],
    formats: JSON.parse(formats) as CardEvaluation['formats'],
  };
}

/** A base model's card from the store; null while it is not made, or not evaluated. */
export function loadBaseCard(db: Database, request: BaseCardRequest): BaseCard | null {
  const { name, purpose, seed, baseModelId, experimentId, runId } = request;
  const model = findBaseModel(db, baseModelId);
  const run = listRuns(db, experimentId).find(({ id }) => id === runId);
  if (model === null || run?.status !== 'completed') return null;
  const losses = JSON.parse(model.losses) as number[];
  return toBaseCard({
    name,
    purpose,
    seed,
    baseModelId,
    weightsSha256: model.weights.sha256,
    plan: JSON.parse(model.plan) as unknown,
    tokens: model.tokens,
    finalLoss: losses.at(-1)!,
    madeAt: model.createdAt,
    leak: JSON.parse(model.leak) as Record<string, number>,
    evaluations: listEvaluatedProblems(db, experimentId)
      .filter((row) => row.runId === runId)
      .map(toCardEvaluation),
    probeScores: listProbeScores(db, [run.reusedRunId ?? runId]),
  });
}

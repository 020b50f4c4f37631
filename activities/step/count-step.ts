import type { LedgerRow } from '../../db/queries/ledger.ts';
import type { JudgementRow } from '../../db/queries/judgements.ts';
import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { countForwardFlops, countGradientFlops } from '../../model/flops.ts';
import { toCriticConfig } from '../../model/network/critic.ts';
import type { PolicyConfig } from '../../model/network/config.ts';
import { addPass, countRollout, noPass, type PassCount } from '../../rollouts/count-pass.ts';
import { openCollector } from '../../datasets/index.ts';
import { callOf } from '../../schemes/judges/judge.ts';
import { readsTeacher, type OpenScheme } from '../../schemes/open-scheme.ts';
import { isGiven } from '../dataset/dataset-rows.ts';
import type { RunContext } from '../run/run-context.ts';
import type { UpdatePasses } from './update.ts';

type Deed = Pick<LedgerRow, 'stage' | 'role' | 'kind'>;
type Entry = Omit<LedgerRow, 'runId' | 'step'>;

/** What a network did to whole texts. */
export function toEntry(deed: Deed, count: PassCount, flops: number): Entry {
  return { ...deed, tokens: count.tokens, flops, labels: 0, calls: count.rollouts };
}

/** Whole rollouts; a prompt is read for each of its rollouts, and so are tokens that they share. */
function countRows(context: RunContext, rows: readonly RolloutWithVerdict[]): PassCount {
  const promptTokens = new Map<string, number>();
  const lengthOf = (prompt: string): number => {
    const known = promptTokens.get(prompt) ?? context.tokenizer.encode(prompt).length;
    promptTokens.set(prompt, known);
    return known;
  };
  return rows.map((row) => countRollout(lengthOf(row.prompt), row.tokenCount)).reduce(addPass, noPass);
}

/** What the policy wrote; nothing where rollouts were given: the run that collected them paid for them, a task writes its solutions. */
function countSampling(
  { policyConfig }: RunContext,
  rows: readonly RolloutWithVerdict[],
  whole: PassCount,
): Entry {
  const sampling = { stage: 'sample', role: 'policy', kind: 'text' } as const;
  const shared = rows.reduce((sum, { forkAt }) => sum + forkAt, 0);
  // The sampler feeds shared tokens anew: they take FLOPs, and are drawn once.
  const own = { ...whole, tokens: Math.max(0, whole.tokens - shared) };
  return toEntry(sampling, own, countForwardFlops(policyConfig, whole));
}

/** What the models that score rollouts did, where the scheme needs them. */
function countMeasuring(
  { policyConfig, teacherConfig, scheme: { needs } }: RunContext,
  whole: PassCount,
): Entry[] {
  const entry = (role: Deed['role'], kind: string, config: PolicyConfig): Entry =>
    toEntry({ stage: 'measure', role, kind }, whole, countForwardFlops(config, whole));
  return [
    ...(needs.has('referenceLogprobs') ? [entry('reference', 'logprobs', policyConfig)] : []),
    ...(readsTeacher(needs) ? [entry('teacher', 'logprobs', teacherConfig!)] : []),
    ...(needs.has('values') ? [entry('critic', 'values', toCriticConfig(policyConfig))] : []),
  ];
}

/** What was looked up, and what each judge was asked; only a model's answer takes tokens. */
function countJudging(
  { sees, judges }: Pick<OpenScheme, 'sees' | 'judges'>,
  rows: readonly RolloutWithVerdict[],
  judgements: readonly JudgementRow[],
): Entry[] {
  const judging = { stage: 'judge', role: 'judge', flops: 0 } as const;
  const labels = new Set(rows.map(({ problemKey }) => problemKey)).size;
  const lookups = { ...judging, kind: 'labels', tokens: 0, labels, calls: rows.length };
  const byJudge = judges.map((judge): Entry => {
    const own = judgements.filter((row) => row.judge === judge.part.name);
    const tokens = own.reduce((sum, row) => sum + row.tokens, 0);
    const calls = new Set(own.map((row) => `${row.rolloutId} ${callOf(judge, row)}`)).size;
    return { ...judging, kind: judge.part.name, tokens, labels: 0, calls };
  });
  return [...(sees.has('labels') ? [lookups] : []), ...byJudge];
}

/** What the optimizer steps took of each network. */
function countUpdate({ policyConfig }: RunContext, passes: readonly UpdatePasses[]): Entry[] {
  return passes.map(({ role, kind, count }) => {
    const config = role === 'critic' ? toCriticConfig(policyConfig) : policyConfig;
    const flops = (kind === 'gradients' ? countGradientFlops : countForwardFlops)(config, count);
    return toEntry({ stage: 'update', role, kind }, count, flops);
  });
}

/** The ledger of a training step, from its rollouts of every sampling round and what its update took. */
export function countStep(
  context: RunContext,
  of: {
    readonly step: number;
    readonly rows: readonly RolloutWithVerdict[];
    readonly judgements: readonly JudgementRow[];
    readonly passes: readonly UpdatePasses[];
  },
): LedgerRow[] {
  const { plan, scheme } = context;
  const whole = countRows(context, of.rows);
  return [
    countSampling(context, of.rows, isGiven(plan) ? noPass : whole),
    ...countMeasuring(context, whole),
    ...countJudging(scheme, of.rows, of.judgements),
    ...countUpdate(context, of.passes),
  ].map((entry) => ({ runId: plan.runId, step: of.step, ...entry }));
}

/** The ledger of a step whose rollouts are collected. */
export function countCollectedStep(
  context: RunContext,
  of: { readonly step: number; readonly rows: readonly RolloutWithVerdict[] },
): LedgerRow[] {
  const { runId, condition } = context.plan;
  const { collector, options } = openCollector(condition.collect!.name, condition.collect!.options);
  const sees = new Set([collector.sees?.(options) ?? 'nothing']);
  return [
    countSampling(context, of.rows, countRows(context, of.rows)),
    ...countJudging({ sees, judges: [] }, of.rows, []),
  ].map((entry) => ({ runId, step: of.step, ...entry }));
}

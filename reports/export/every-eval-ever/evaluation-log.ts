import { canonicalJson } from '../../../config/canonical.ts';
import { meanError } from '../../../stats/intervals/mean-error.ts';
import { mean } from '../../../stats/intervals/aggregate-scores.ts';
import { passAtK } from '../../../stats/pass-at-k/pass-at-k.ts';
import type { FinalEvaluation, SplitResult } from './final-evaluations.ts';
import { nameResult, SCHEMA_VERSION, type RecordNames } from './record-names.ts';

/** The file of a record's samples. */
export interface SamplesFile {
  readonly path: string;
  readonly sha256: string;
  readonly rows: number;
}

/** What of a stored condition a record names; stores of all versions have these where they have them. */
interface NamedSettings {
  readonly task?: unknown;
  readonly scheme?: { readonly name?: string };
  readonly training?: { readonly maxNewTokens?: number | null };
}

interface NamedProvenance {
  readonly revision?: string | null;
  readonly versions?: { readonly assay?: string };
}

function describeUncertainty(scores: readonly number[]) {
  const error = meanError(scores);
  if (error === null) return {};
  return {
    uncertainty: {
      standard_error: { value: error.standardError, method: 'analytic, over problems' },
      standard_deviation: error.standardDeviation,
      num_samples: scores.length,
    },
  };
}

function describeMetric(k: number, samplesPerProblem: number) {
  return {
    evaluation_description:
      'Chance that at least one of k samples is verified as correct: unbiased estimate, mean over problems.',
    metric_id: 'pass_at_k',
    metric_name: `pass@${k}`,
    metric_kind: 'pass_rate',
    metric_unit: 'proportion',
    metric_parameters: { k, fewest_samples_per_problem: samplesPerProblem },
    lower_is_better: false,
    score_type: 'continuous',
    min_score: 0,
    max_score: 1,
  };
}

function describeGeneration({ temperature }: FinalEvaluation, { training }: NamedSettings) {
  const most = training?.maxNewTokens;
  const given = {
    ...(temperature === null ? {} : { temperature }),
    ...(typeof most === 'number' ? { max_tokens: most } : {}),
  };
  return Object.keys(given).length === 0 ? {} : { generation_config: { generation_args: given } };
}

/** How an evaluation is called: the task family and the split. */
export function nameEvaluation({ split, samples }: SplitResult): string {
  return `assay.${samples[0]!.task}.${split}`;
}

function listResults(evaluation: FinalEvaluation, names: RecordNames, settings: NamedSettings) {
  return evaluation.splits.flatMap((result) => {
    const { split, samples } = result;
    const task = settings.task === undefined ? {} : { task: canonicalJson(settings.task) };
    const details = { split, problems: String(samples.length), ...task };
    const fewest = Math.min(...samples.map(({ n }) => n));
    return evaluation.ks.map((k) => {
      const scores = samples.map((sample) => passAtK(sample, k)!);
      return {
        evaluation_result_id: nameResult(names, split, k),
        evaluation_name: nameEvaluation(result),
        source_data: {
          dataset_name: samples[0]!.task,
          source_type: 'other',
          additional_details: details,
        },
        metric_config: describeMetric(k, fewest),
        score_details: { score: mean(scores), ...describeUncertainty(scores) },
        ...describeGeneration(evaluation, settings),
      };
    });
  });
}

function describeModel(
  { run, weightsSha256 }: FinalEvaluation,
  names: RecordNames,
  { scheme }: NamedSettings,
) {
  const [developer, name] = names.modelId.split('/') as [string, string];
  return {
    name,
    id: names.modelId,
    developer,
    additional_details: {
      deployment_type: 'self_deployed',
      model_availability: 'unknown',
      run: run.id,
      condition: run.conditionName,
      condition_fingerprint: run.conditionId,
      base_model_fingerprint: run.baseModelId,
      base_seed: String(run.baseSeed),
      seed: String(run.seed),
      training_steps: String(run.totalSteps),
      ...(scheme?.name === undefined ? {} : { reward_scheme: scheme.name }),
      ...(weightsSha256 === null ? {} : { weights_sha256: weightsSha256 }),
    },
  };
}

function describeLibrary({ run }: FinalEvaluation) {
  const { revision, versions } = JSON.parse(run.provenance ?? '{}') as NamedProvenance;
  return {
    name: 'assay',
    version: versions?.assay ?? 'unknown',
    ...(typeof revision === 'string' ? { additional_details: { revision } } : {}),
  };
}

/** A run's final evaluation as the format's aggregate document. */
export function toEvaluationLog(evaluation: FinalEvaluation, names: RecordNames, samples: SamplesFile) {
  const settings = JSON.parse(evaluation.run.settings) as NamedSettings;
  const [organization] = names.modelId.split('/') as [string];
  return {
    schema_version: SCHEMA_VERSION,
    evaluation_id: names.evaluationId,
    evaluation_timestamp: evaluation.run.finishedAt,
    retrieved_timestamp: names.recordedAt,
    source_metadata: {
      source_name: 'Assay',
      source_type: 'evaluation_run',
      source_organization_name: organization,
      evaluator_relationship: 'first_party',
      additional_details: { experiment: evaluation.experiment.name, fingerprint: evaluation.experiment.id },
    },
    eval_library: describeLibrary(evaluation),
    model_info: describeModel(evaluation, names, settings),
    evaluation_results: listResults(evaluation, names, settings),
    detailed_evaluation_results: {
      format: 'jsonl',
      file_path: samples.path,
      hash_algorithm: 'sha256',
      checksum: samples.sha256,
      total_rows: samples.rows,
    },
  };
}

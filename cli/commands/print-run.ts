import type { ShownStatus } from '../../launch/shown-status.ts';
import type { CollectedRun } from '../../reports/run/collect-run.ts';
import { formatAmount } from '../../reports/text/format-number.ts';

function printLedger({ ledger, baseModelFlops }: Pick<CollectedRun, 'ledger' | 'baseModelFlops'>): void {
  if (ledger.length > 0) console.log('spent, all steps together:');
  for (const { stage, role, tokens, flops, labels, calls } of ledger) {
    const done = labels > 0 ? `${labels} labels in ${calls} texts` : `${tokens} tokens of ${calls} texts`;
    console.log(`  ${`${stage} (${role})`.padEnd(34)} ${done}, ${formatAmount(flops)} FLOPs`);
  }
  if (baseModelFlops !== null) console.log(`its base model took ${formatAmount(baseModelFlops)} FLOPs`);
}

/** Answers of asked rewards that did not come are told with a message: nobody else sees it. */
function printAnswers({ answers }: Pick<CollectedRun, 'answers'>): void {
  for (const { reward, kind, rollouts, example } of answers) {
    const said = example === null ? '' : `, e.g. ${JSON.stringify(example)}`;
    console.log(`  reward ${reward}: ${kind} on ${rollouts} rollouts${said}`);
  }
}

export function printRun(shown: Omit<CollectedRun, 'status'> & { readonly status: ShownStatus }): void {
  console.log(`${shown.id}: ${shown.status}, ${shown.doneSteps}/${shown.totalSteps} steps`);
  if (shown.reusedRunId !== null) console.log(`its rows are those of ${shown.reusedRunId}`);
  for (const { role, run } of shown.inputs) console.log(`it takes its ${role} from ${run}`);
  if (shown.dataset !== null)
    console.log(`it collected ${shown.dataset.rows} ${shown.dataset.kind}; \`assay dataset\` prints them`);
  if (shown.failureType !== null) console.log(`failure: ${shown.failureType}: ${shown.failureMessage}`);
  for (const { step, split, problems, passAt1, interval } of shown.evaluations) {
    console.log(
      `  after step ${step}, ${split}: pass@1 ${passAt1?.toFixed(3) ?? 'undefined'}${interval === null ? '' : ` (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`} over ${problems} problems`,
    );
  }
  for (const { step, temperature, grid } of shown.temperatures) {
    const scores = grid.map((at) => `${at.temperature}: ${at.passAt1?.toFixed(3) ?? 'undefined'}`).join(', ');
    console.log(`  after step ${step}, temperature ${temperature} by pass@1 on dev (${scores})`);
  }
  printAnswers(shown);
  printLedger(shown);
  if (shown.step >= 0) console.log(`metrics of step ${shown.step}:`);
  for (const [name, value] of Object.entries(shown.metrics))
    console.log(`  ${name.padEnd(34)} ${value.toPrecision(5)}`);
  for (const sample of shown.samples) {
    console.log(
      `  ${JSON.stringify(sample.prompt + sample.text)} → ${sample.outcome}, reward ${sample.reward ?? 'undetermined'}, advantage ${sample.advantage?.toFixed(3) ?? 'none'}`,
    );
  }
}

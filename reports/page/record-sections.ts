import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { BaseModelRecord, ComparisonInput, RunRecord } from '../comparison/comparison-input.ts';
import { formatScore } from '../text/format-number.ts';
import { html, type Markup } from './html.ts';
import { formatTable } from '../tables/format-table.ts';
import { provenanceNames } from '../tables/run-tables.ts';
import { toHtml } from '../tables/table.ts';
import { formulasFor } from '../text/metric-formulas.ts';
import { foldLong, renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';
import { describeProvenance, formatSources } from '../text/source-notes.ts';

/** What each scheme paid for; a column for each true verdict that occurred. */
export function rewardTruthSection({ rewardTruth }: Analysis): Section | null {
  if (rewardTruth.length === 0) return null;
  const verdicts = [...new Set(rewardTruth.map(({ verdict }) => verdict))];
  const table = renderTable(
    'Mean reward of the training rollouts, by their true verdict',
    [
      { title: 'condition', cell: (condition: string) => condition },
      ...verdicts.map((verdict) => ({
        title: verdict,
        kind: 'number' as const,
        cell: (condition: string) => {
          const row = rewardTruth.find((entry) => entry.condition === condition && entry.verdict === verdict);
          if (row === undefined) return 'none';
          return html`${formatScore(row.rewardMean)}<br /><span class="numbers"
              >share ${formatScore(row.share)}</span
            >`;
        },
      })),
    ],
    [...new Set(rewardTruth.map(({ condition }) => condition))],
  );
  const body = html`
    <p class="lead">
      What each scheme paid for. The columns are the true verdicts of the deterministic check, whatever the
      scheme looked at; below each mean reward stands the share of the rollouts with that verdict.
    </p>
    ${table}
  `;
  return { id: 'reward-truth', title: 'Reward against truth', body };
}

/** Which completion format (strategy) each condition uses in its final samples, and how accurate it is in each. */
export function formatSection({ formats }: Analysis): Section | null {
  if (new Set(formats.map(({ format }) => format)).size < 2) return null;
  const table = toHtml('Completion formats of the final samples', formatTable, formats);
  const body = html`
    <p class="lead">
      A base model may hold an accurate strategy that it uses only part of the time. A reward that merely
      makes it more frequent looks like learning.
    </p>
    <details>
      <summary>Strategy frequency by condition and split</summary>
      ${table}
    </details>
  `;
  return { id: 'formats', title: 'Strategy frequency', body };
}

function describeLeak({ leak }: BaseModelRecord): string {
  if (leak === null) return 'nothing was planted';
  return `${leak.problems} evaluation problems planted ${leak.occurrences} times`;
}

const renderHash = (hash: string | null): Markup =>
  hash === null ? html`–` : html`<span class="hash" title="${hash}">${hash.slice(0, 12)}</span>`;

const renderSources = (sources: string | null): Markup =>
  sources === null ? html`–` : html`<span class="hash" title="${sources}">${formatSources(sources)}</span>`;

export function provenanceSection(input: ComparisonInput): Section {
  const details = provenanceNames(input);
  const conditions = new Map(input.conditions.map((condition) => [condition.name, condition]));
  const runs = renderTable(
    'Runs',
    [
      {
        title: 'run',
        cell: (run) => html`<span class="hash">${run.id}</span>`,
      },
      { title: 'condition', cell: (run) => run.condition },
      { title: 'scheme', cell: (run) => conditions.get(run.condition)!.schemeName },
      { title: 'base seed', kind: 'number', cell: (run) => run.baseSeed },
      { title: 'seed', kind: 'number', cell: (run) => run.seed },
      { title: 'status', cell: (run) => run.status },
      { title: 'steps', kind: 'number', cell: (run) => run.stepsDone },
      { title: 'fingerprint', cell: (run) => renderHash(conditions.get(run.condition)!.fingerprint) },
      { title: 'checkpoint', cell: (run) => renderHash(run.checkpointSha256) },
      { title: 'sources', cell: (run) => renderSources(run.sources) },
      ...details.map((name) => ({ title: name, cell: (run: RunRecord) => run.provenance[name] ?? '–' })),
    ],
    input.runs,
  );
  const baseDetails = [...new Set(input.baseModels.flatMap((model) => Object.keys(model.details)))].sort();
  const bases = renderTable(
    'Base models and their known past',
    [
      { title: 'base model', cell: (model) => model.name },
      { title: 'leak', kind: 'wide', cell: describeLeak },
      { title: 'recipe', cell: (model) => renderHash(model.id) },
      { title: 'weights', cell: (model) => renderHash(model.weightsSha256) },
      ...baseDetails.map((name) => ({
        title: name,
        cell: (model: BaseModelRecord) => model.details[name] ?? '–',
      })),
    ],
    input.baseModels,
  );
  const body = html`<p class="lead">Hashes are shortened here; the whole ones are in runs.csv.</p>
    ${describeProvenance(input).map((note) => html`<p><strong>${note}</strong></p>`)}
    ${foldLong('Runs', input.runs.length, runs)}${bases}`;
  return { id: 'provenance', title: 'Runs and provenance', body };
}

export function formulaSection(input: Pick<ComparisonInput, 'imported'>): Section {
  const body = html`<dl class="formulas">
    ${formulasFor(input).map(
      ({ name, formula, note }) =>
        html`<dt>${name}</dt>
          <dd class="formula">${formula}</dd>
          <dd>${note}</dd>`,
    )}
  </dl>`;
  return { id: 'formulas', title: 'How it is measured', body };
}

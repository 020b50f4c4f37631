import type { Analysis } from './analyze-comparison.ts';
import { html, type Markup } from './html.ts';
import { renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';
import {
  DECISION_RULE,
  describeEffect,
  describeNeed,
  describeP,
  describeSize,
  describeTest,
} from './verdict-text.ts';
import type { VerdictRow } from './verdict-table.ts';

const TONES: Record<VerdictRow['verdict'], string> = {
  supported: 'better',
  contradicted: 'worse',
  inconclusive: 'suggestive',
  undecided: 'no-evidence',
};

function renderVerdict({ verdict }: VerdictRow): Markup {
  return html`<strong class="tag ${TONES[verdict]}">${verdict}</strong>`;
}

/** The report's opening where the experiment declares hypotheses: what each came to. */
export function claimSection({ verdicts }: Analysis, source: string | null): Section | null {
  if (verdicts.length === 0) return null;
  const decided =
    (describe: (row: Exclude<VerdictRow, { verdict: 'undecided' }>) => string) => (row: VerdictRow) =>
      row.verdict === 'undecided' ? '–' : describe(row);
  const hasOneBase = verdicts.some((row) => row.verdict !== 'undecided' && row.evidence.bases === 1);
  const table = renderTable(
    source === null ? 'Verdict per hypothesis' : `Verdict per hypothesis; source: ${source}`,
    [
      { title: 'claim', kind: 'wide', cell: (row) => row.hypothesis.claim },
      { title: 'verdict', cell: renderVerdict },
      { title: 'paper', cell: (row) => row.hypothesis.reported },
      { title: 'effect (95% interval)', kind: 'number', cell: decided(describeEffect) },
      { title: 'Holm p', kind: 'number', cell: decided(describeP) },
      { title: 'compared', kind: 'wide', cell: (row) => describeTest(row.hypothesis) },
      { title: 'size', cell: decided(describeSize) },
      { title: 'what it would take', kind: 'wide', cell: describeNeed },
    ],
    verdicts,
  );
  const body = html`
    <p class="lead">${DECISION_RULE}</p>
    ${
      hasOneBase
        ? html`<p class="caption">
            Where there is one base model that level is absent: the verdict speaks of other seeds of that
            base, not of other bases.
          </p>`
        : null
    }
    ${table}
  `;
  return { id: 'claims', title: 'Verdict per claim', body };
}

import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { LockRecord } from '../comparison/lock-record.ts';
import { html, type Markup } from './html.ts';
import { renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';
import { drawVerdicts, VERDICT_CAPTION } from '../figures/verdict-figure.ts';
import { toHtml } from '../tables/table.ts';
import { CHECK_RULE } from '../text/check-text.ts';
import { lockFacts } from '../text/lock-text.ts';
import { describeTest } from '../text/hypothesis-text.ts';
import { listReasons, REASON_TITLE } from '../text/reason-text.ts';
import {
  DECISION_RULE,
  describeDetectable,
  describeEffect,
  describeNeed,
  describeP,
  describeSize,
  LOOK_RULE,
} from '../text/verdict-text.ts';
import { checkTable } from '../verdicts/check-table.ts';
import { isDecided, type DecidedRow, type VerdictRow } from '../verdicts/verdict-table.ts';

const TONES: Record<VerdictRow['verdict'], string> = {
  supported: 'better',
  contradicted: 'worse',
  'no-effect': 'suggestive',
  underpowered: 'no-evidence',
  'not-tested': 'no-evidence',
  pending: 'no-evidence',
};

function renderVerdict({ verdict }: VerdictRow): Markup {
  return html`<strong class="tag ${TONES[verdict]}">${verdict}</strong>`;
}

function renderSize(row: VerdictRow): Markup {
  const need = html`<span class="caption">${describeNeed(row)}</span>`;
  return isDecided(row) ? html`${describeSize(row)}<br />${need}` : need;
}

function renderLock(lock: LockRecord | null): Markup {
  return html`<h3>Lock: what was fixed before the first run</h3>
    <dl>
      ${lockFacts(lock).map(
        ([name, lines]) =>
          html`<dt>${name}</dt>
            ${lines.map((line) => html`<dd>${line}</dd>`)}`,
      )}
    </dl>`;
}

function renderReasons({ verdicts, checks }: Analysis): Markup | null {
  const reasons = listReasons(
    verdicts.map(({ hypothesis }) => hypothesis),
    Object.fromEntries(checks.map(({ name, check }) => [name, check])),
  );
  if (reasons.length === 0) return null;
  return html`<h3>${REASON_TITLE}</h3>
    <dl>
      ${reasons.map(
        ({ of, reason }) =>
          html`<dt>${of}</dt>
            <dd>${reason}</dd>`,
      )}
    </dl>`;
}

const PAPER = { title: 'paper', cell: (row: VerdictRow) => row.hypothesis.reported };

/** What verdicts stand in. */
interface ClaimContext {
  readonly source?: string | null;
  readonly lock?: LockRecord | null;
  /** How verdicts come about, where it is not the rule for claims. */
  readonly rule?: string;
  /** Of other programs' results: no paper reported them, and nothing was locked. */
  readonly isImported?: boolean;
}

/**
 * The report's opening where the experiment declares hypotheses: what each came to. Verdicts are coloured tags and cells
 * hold two texts in two styles, which the columns of the file and the summary cannot say.
 */
export async function claimSection(
  analysis: Analysis,
  { source = null, lock = null, rule = DECISION_RULE, isImported = false }: ClaimContext = {},
): Promise<Section | null> {
  const { verdicts, checks } = analysis;
  if (verdicts.length === 0 && checks.length === 0) return null;
  const decided =
    (describe: (row: DecidedRow) => string) =>
    (row: VerdictRow): string =>
      isDecided(row) ? describe(row) : '–';
  const hasOneBase = !isImported && verdicts.some((row) => isDecided(row) && row.evidence.bases === 1);
  const table = renderTable(
    source === null ? 'Verdict per hypothesis' : `Verdict per hypothesis; source: ${source}`,
    [
      {
        title: 'claim',
        kind: 'wide',
        cell: (row) =>
          html`${row.hypothesis.claim}<br /><span class="caption">${describeTest(row.hypothesis)}</span>`,
      },
      { title: 'verdict', cell: renderVerdict },
      ...(isImported ? [] : [PAPER]),
      { title: 'effect (95% interval)', kind: 'number', cell: decided(describeEffect) },
      { title: 'Holm p (BH beside it)', kind: 'number', cell: decided(describeP) },
      {
        title: 'detectable at Holm’s level / of interest',
        kind: 'number',
        cell: decided(describeDetectable),
      },
      { title: 'compared over; what it would take', kind: 'wide', cell: renderSize },
    ],
    verdicts,
  );
  const figures = (await drawVerdicts(verdicts)).map(
    ({ figure }) =>
      html`<figure>
        ${figure}
        <figcaption>${VERDICT_CAPTION}.</figcaption>
      </figure>`,
  );
  const body = html`
    <p class="lead">${rule}</p>
    ${lock?.lock.looks === undefined ? null : html`<p>${LOOK_RULE}</p>`}
    ${
      hasOneBase
        ? html`<p class="caption">
            Where there is one base model that level is absent: the verdict speaks of other seeds of that
            base, not of other bases.
          </p>`
        : null
    }
    ${table} ${figures} ${renderReasons(analysis)} ${isImported ? null : renderLock(lock)}
    ${
      checks.length === 0
        ? null
        : html`${toHtml('Checks: what had to hold first', checkTable, checks)}
            <p class="caption">${CHECK_RULE}</p>`
    }
  `;
  return { id: 'claims', title: 'Verdict per claim', body };
}

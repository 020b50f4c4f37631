import type { Analysis } from '../comparison/analyze-comparison.ts';
import { answerSection } from './answer-section.ts';
import { boundarySection } from './boundary-section.ts';
import { claimSection } from './claim-section.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { computeSection } from './compute-section.ts';
import { calibrationSection } from './calibration-section.ts';
import { assignStyles } from '../figures/condition-style.ts';
import { equalTokenSection } from './equal-token-section.ts';
import { problemSection } from './problem-section.ts';
import { gainPartSection } from './gain-part-section.ts';
import { html, trusted, type Markup } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';
import { formatSection, formulaSection, provenanceSection, rewardTruthSection } from './record-sections.ts';
import {
  differenceSection,
  gapSection,
  learningSection,
  passAtKSection,
  type Section,
} from './result-sections.ts';
import { rolloutSection } from './rollout-section.ts';
import { settingSection } from './setting-section.ts';
import { plainSection } from './plain-section.ts';
import { notesFor } from '../text/answer-notes.ts';
import { describeUnverified } from '../text/unverified-text.ts';
import { renderImportNotices, sourceSection } from './source-section.ts';
import { strategySection } from './strategy-section.ts';

/** No script, no network: even an escaping mistake could not run or fetch anything. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** What has to be known before any number is read. */
function renderNotice({ unverified, runs }: ComparisonInput): Markup | null {
  const notice = describeUnverified(unverified, runs);
  if (notice === null) return null;
  return html`<aside class="notice">
    <p><strong>${notice.head}</strong></p>
    <ul>
      ${notice.arms.map((arm) => html`<li>${arm}</li>`)}
    </ul>
  </aside>`;
}

type Fact = readonly [value: string | number, label: string];

function listRunFacts({ experiment, conditions, runs }: ComparisonInput, isPartial: boolean): Fact[] {
  const bases = new Set(runs.map(({ baseSeed }) => baseSeed)).size;
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  return [
    [conditions.length, 'conditions'],
    [bases, bases === 1 ? 'base seed' : 'base seeds'],
    [seeds, seeds === 1 ? 'seed' : 'seeds'],
    ...(isPartial ? [] : [[runs.length, 'runs, all completed'] as const]),
    [experiment.baseline, 'baseline'],
  ];
}

function listImportFacts({ experiment, conditions, runs, evaluations }: ComparisonInput): Fact[] {
  const problems = evaluations.filter(({ runId }) => runId === runs[0]!.id).length;
  const perArm = runs.length / conditions.length;
  return [
    [conditions.length, 'arms'],
    [perArm, perArm === 1 ? 'run of each' : 'runs of each'],
    [problems, 'problems in common'],
    [experiment.baseline, 'baseline'],
  ];
}

function renderHeader(input: ComparisonInput, sections: readonly Section[]): Markup {
  const { experiment, runs } = input;
  const completed = runs.filter(({ status }) => status === 'completed').length;
  const isPartial = completed < runs.length;
  const facts = input.imported === undefined ? listRunFacts(input, isPartial) : listImportFacts(input);
  return html`<header>
    <p class="kicker">Assay report</p>
    <h1>${experiment.name}</h1>
    <p class="question">${experiment.question}</p>
    <dl class="facts">
      ${facts.map(
        ([value, label]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${
      isPartial
        ? html`<p class="notice partial">
            <strong>Not final: ${completed} of ${runs.length} runs are completed.</strong> Every number below
            is of those alone.
          </p>`
        : null
    }
    <nav aria-label="Sections">
      <ul>
        ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
      </ul>
    </nav>
  </header>`;
}

/** The report as one self-contained HTML page. */
export async function renderReportPage(input: ComparisonInput, analysis: Analysis): Promise<string> {
  const styles = assignStyles(input.conditions, input.experiment.baseline);
  const notes = notesFor(input);
  const candidates = [
    await answerSection(analysis, styles, notes),
    await claimSection(analysis, {
      ...{ source: input.experiment.source, lock: input.lock, rule: notes.rule },
      isImported: input.imported !== undefined,
    }),
    problemSection(analysis, input),
    await passAtKSection(analysis, styles, { baseline: input.experiment.baseline, notes }),
    await gainPartSection(analysis),
    boundarySection(analysis),
    await differenceSection(analysis, styles, notes),
    await gapSection(analysis, styles),
    await learningSection(analysis, styles),
    equalTokenSection(analysis),
    await computeSection(input, analysis),
    ...analysis.plain.map(plainSection),
    rewardTruthSection(analysis),
    await strategySection(analysis),
    formatSection(analysis),
    calibrationSection(analysis),
    rolloutSection(input),
    settingSection(input, notes),
    input.imported === undefined ? provenanceSection(input) : sourceSection(input),
    formulaSection(input),
  ];
  const sections = candidates.filter((section) => section !== null);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}" />
        <meta name="color-scheme" content="light dark" />
        <title>${input.experiment.name}, Assay report</title>
        <style>
          ${trusted(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#${sections[0]!.id}">To the answer</a>
        ${renderHeader(input, sections)}
        <main>
          ${renderNotice(input)} ${renderImportNotices(input)}
          ${sections.map(
            ({ id, title, body }) =>
              html`<section id="${id}" aria-labelledby="${id}-title">
                <h2 id="${id}-title">${title}</h2>
                ${body}
              </section> `,
          )}
        </main>
        <footer>
          <p>
            Experiment fingerprint <span class="hash">${input.experiment.fingerprint}</span>. Every table is
            beside this page as CSV.
          </p>
        </footer>
      </body>
    </html> `;
  return page.markup;
}

import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { escapeHtml, trusted, type Markup } from '../page/html.ts';

/** Drawing width in user units: a phone's column, so that text keeps its size there and grows a little elsewhere. */
export const FIGURE_WIDTH = 330;

const config: TopLevelSpec['config'] = {
  // One label on the whole figure; the numbers are in the tables, so marks need not be announced one by one.
  aria: false,
  font: 'inherit',
  background: 'transparent',
  view: { stroke: null },
  axis: {
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    titleFontWeight: 'normal',
    titleFontSize: 11,
    labelFontSize: 11,
    gridColor: 'var(--grid)',
    domain: false,
    ticks: false,
    labelPadding: 6,
    tickCount: 5,
  },
  title: {
    color: 'currentColor',
    fontSize: 12.5,
    fontWeight: 600,
    anchor: 'start',
    frame: 'group',
    offset: 10,
  },
};

/**
 * Draws a Vega-Lite specification as an inline SVG that scales with its column and takes its colours from the page's CSS
 * variables. Equal specifications give equal bytes.
 */
export async function renderFigure(spec: TopLevelSpec, label: string): Promise<Markup> {
  // Ids of clip paths count up per process; starting over keeps the bytes equal from one report to the next.
  vega.resetSVGDefIds();
  // Panels of a facet have their own sizes.
  const fitted =
    'facet' in spec ? {} : { autosize: { type: 'fit-x', contains: 'padding' }, width: FIGURE_WIDTH };
  const sized = { ...fitted, ...spec, config };
  const view = new vega.View(vega.parse(compile(sized as TopLevelSpec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return trusted(
    svg.replace(
      /^<svg [^>]*?width="([\d.]+)" height="([\d.]+)" viewBox="([^"]+)">/,
      (_, width, _height, viewBox) =>
        [
          `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" role="img" aria-label="${escapeHtml(label)}"`,
          ` style="max-width:${Math.round(Number(width) * 1.4)}px">`,
        ].join(''),
    ),
  );
}

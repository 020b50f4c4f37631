/** Opens a report in headless Chromium. ASSAY_CHROMIUM names the browser; without one the test says so and is skipped. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { simulateComparison } from '../reports/comparison/simulated-comparison.fixture.ts';
import { writeReport } from '../reports/write-report.ts';

const executablePath = process.env['ASSAY_CHROMIUM'] ?? '/usr/bin/chromium';
const skip = existsSync(executablePath)
  ? false
  : `no Chromium at ${executablePath}; name one in ASSAY_CHROMIUM`;

const directory = mkdtempSync(join(tmpdir(), 'assay-report-'));
const url = pathToFileURL(join(directory, 'report.html')).href;
let browser: Browser | undefined;

before(async () => {
  if (skip !== false) return;
  await writeReport(simulateComparison({ seeds: 3, problems: 24, samples: 64, steps: 20 }), directory);
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
after(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true });
});

interface Opened {
  readonly page: Page;
  readonly problems: string[];
  readonly requests: string[];
}

async function open(width: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
  const page = await browser!.newPage({ viewport: { width, height: 800 }, colorScheme });
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, problems, requests };
}

test(
  'the page opens without a message on the console, and requests nothing but itself',
  { skip },
  async () => {
    const { page, problems, requests } = await open(1200, 'light');
    assert.deepEqual(problems, []);
    assert.deepEqual(requests, [url]);
    assert.equal(await page.locator('script, img, link, iframe').count(), 0);
    await page.close();
  },
);

test(
  'every figure is drawn with marks in it and has a label; every table has a caption',
  { skip },
  async () => {
    const { page } = await open(1200, 'light');
    const figures = page.locator('figure svg[role=img]');
    assert.equal(await figures.count(), 16);
    for (const figure of await figures.all()) {
      assert.ok(((await figure.getAttribute('aria-label')) ?? '').length > 10);
      const box = await figure.boundingBox();
      assert.ok(box !== null && box.width > 200 && box.height > 100, JSON.stringify(box));
      assert.ok((await figure.locator('path[fill], path[stroke]').count()) > 3);
    }
    assert.equal(await page.locator('table').count(), await page.locator('table > caption').count());
    await page.close();
  },
);

test('answer, forest plot with its axis, and ranking stand on the first screen', { skip }, async () => {
  const page = await browser!.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  for (const part of ['.answer', 'figure', 'table']) {
    const box = (await page.locator(`#answer ${part}`).first().boundingBox())!;
    assert.ok(box.y + box.height <= 900, `${part} ends at ${box.y + box.height}`);
  }
  await page.close();
});

test(
  'a cell of the map opens its arm beside the baseline, and closes to where it was',
  { skip },
  async () => {
    const { page } = await open(1200, 'light');
    await page.locator('#problems a.share[aria-label*="grpo on"]').first().click();
    assert.deepEqual(await page.locator('.answers:visible .side:visible h3').allTextContents(), [
      'base',
      'grpo',
    ]);
    await page.locator('.answers:visible .close').click();
    assert.equal(await page.locator('.answers:visible').count(), 0);
    await page.locator('#problems a.share[aria-label*="base on"]').first().click();
    assert.deepEqual(await page.locator('.answers:visible .side:visible h3').allTextContents(), ['base']);
    await page.close();
  },
);

test('rollouts begin with the wrong ones, and the buttons leave one kind', { skip }, async () => {
  const { page } = await open(1200, 'light');
  const group = page.locator('#rollouts details').first();
  await group.locator('summary').click();
  const verdicts = (): Promise<string[]> => group.locator('.rollout:visible .tag').allTextContents();
  assert.deepEqual(await verdicts(), ['malformed', 'correct']);
  await page.getByRole('radio', { name: 'wrong' }).check();
  assert.deepEqual(await verdicts(), ['malformed']);
  await page.getByRole('radio', { name: 'right' }).check();
  assert.deepEqual(await verdicts(), ['correct']);
  await page.close();
});

test(
  'on a phone nothing reaches beyond the page, opened details included, and text stays readable',
  { skip },
  async () => {
    const { page } = await open(360, 'light');
    await page
      .locator('details')
      .evaluateAll((all) => all.forEach((details) => details.setAttribute('open', '')));
    const widths = await page.evaluate(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    assert.deepEqual(widths, [360, 360]);
    const heights = (await page.evaluate(
      `[...document.querySelectorAll('figure svg text')].map((text) => text.getBoundingClientRect())
      .filter(({ width, height }) => width > height).map(({ height }) => height)`,
    )) as number[];
    assert.ok(Math.min(...heights) >= 9, `smallest text is ${Math.min(...heights)} px high`);
    await page.close();
  },
);

test(
  'dark mode changes the background, and text keeps a contrast of at least 4.5 in both',
  { skip },
  async () => {
    const backgrounds: string[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await open(1200, scheme);
      const colors = (await page.evaluate(`(() => {
      const style = getComputedStyle(document.body);
      return [style.backgroundColor, style.color, getComputedStyle(document.querySelector('.lead')).color];
    })()`)) as [string, string, string];
      backgrounds.push(colors[0]);
      assert.ok(contrast(colors[0], colors[1]) > 7, colors.join());
      assert.ok(contrast(colors[0], colors[2]) > 4.5, colors.join());
      await page.close();
    }
    assert.notEqual(backgrounds[0], backgrounds[1]);
  },
);

/** Contrast ratio of two CSS rgb() colours (WCAG 2.2). */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [red, green, blue] = color.match(/\d+/g)!.map((channel) => {
      const share = Number(channel) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

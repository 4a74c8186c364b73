// Chromium without a window: LOGTO_CHROMIUM names the program, which `cargo xtask test` finds or installs.
import { chromium } from 'playwright-core';

/** Why a test cannot run without it; `false` where it can. */
export const skip = process.env.LOGTO_CHROMIUM ? false : 'LOGTO_CHROMIUM does not say where Chromium is';

/** A page for one test. What it logs as an error fails the test. */
export async function openPage(t, url, args = []) {
  const browser = await chromium.launch({
    executablePath: process.env.LOGTO_CHROMIUM,
    // As root (in a container) Chromium starts only without its sandbox. It is to reach nothing but the test's own servers.
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...args],
  });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

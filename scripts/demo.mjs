// What scripts that look at a demo have in common.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The browser of this machine. */
export const executablePath = execFileSync(fileURLToPath(new URL("find-chromium.sh", import.meta.url)), { encoding: "utf8" }).trim();

/** Signs a tab in; ends on the page that follows. */
export async function signIn(tab, demo, account) {
  await tab.goto(`${demo}/login`);
  await tab.fill("[name=username]", account);
  await tab.fill("[name=password]", "rainstaff-demo");
  await Promise.all([tab.waitForURL((url) => !url.pathname.startsWith("/login")), tab.press("[name=password]", "Enter")]);
}

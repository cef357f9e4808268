// "Kaydedildi" is said only when our own server has said so, and nothing typed is lost on the way there.

import type { Route } from "@playwright/test";

import { PASSWORD, type Page, expect, shot, signIn, test } from "./support/browser.ts";
import { type Person, addEmployee, entryForm, expectRow, fillEntry, openList, opsSent, pill, save, storedEntries, toast } from "./support/puantaj.ts";
import type { Shift } from "./support/hours.ts";

// The page without its service worker: Playwright's routes stand in for a bad network, and do not reach a worker (offline.spec.ts has those).
test.use({ serviceWorkers: "block" });

const DAY: Shift & { notes: string } = { date: "2026-01-19", start: "08:30", end: "18:15", breakMinutes: 60, notes: "yağmurda gecikti" };

interface Trouble {
  what: string;
  answer: (route: Route) => Promise<void>;
  storedAtOnce: number;
}

const TROUBLES: Trouble[] = [
  { what: "the network is gone", answer: (route) => route.abort("internetdisconnected"), storedAtOnce: 0 },
  {
    what: "the server has saved, but its answer is lost",
    answer: async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    },
    storedAtOnce: 1,
  },
  {
    what: "a captive portal answers 200 with its own page",
    answer: (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<html><body><h1>Wi-Fi girişi</h1></body></html>" }),
    storedAtOnce: 0,
  },
  {
    what: "a proxy answers 502 with its own page",
    answer: (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>502 Bad Gateway</h1>" }),
    storedAtOnce: 0,
  },
];

for (const { what, answer, storedAtOnce } of TROUBLES) {
  test(`${what}: the pill says so, the form keeps everything, and a second try saves exactly once`, async ({ as }) => {
    const page = await as("bursa1");
    const person = await addEmployee(page, `Ağ ${TROUBLES.findIndex((trouble) => trouble.what === what) + 1}`);
    await openList(page, person);
    const address = page.url();
    const ops = opsSent(page, "/timesheets");
    await page.route("**/timesheets", (route) => (route.request().method() === "POST" ? answer(route) : route.continue()));
    await fillEntry(entryForm(page), person, DAY);
    await save(entryForm(page));

    await expect(pill(page)).toHaveText("Hata (1)");
    await expect(toast(page, "Kaydedilemedi")).toBeVisible();
    await expectTyped(page, person);
    expect(page.url()).toBe(address);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Puantaj");
    await expect(page.getByText(/Wi-Fi girişi|Bad Gateway/)).toHaveCount(0);
    expect(await storedEntries(page, person)).toHaveLength(storedAtOnce);
    await shot(page, `saving-${TROUBLES.findIndex((trouble) => trouble.what === what) + 1}`);

    await page.unroute("**/timesheets");
    await save(entryForm(page));
    await expect(pill(page)).toHaveText("Kaydedildi");
    await expectRow(page, DAY);
    expect(ops).toHaveLength(2);
    expect(ops[1], "a retry is the same operation").toBe(ops[0]);
    expect(await storedEntries(page, person)).toMatchObject([{ work_date: DAY.date, end_time: DAY.end, notes: DAY.notes }]);
  });
}

test("a retry with other content is another operation, and still one entry", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Ağ Değişen");
  await openList(page, person);
  const ops = opsSent(page, "/timesheets");
  await page.route("**/timesheets", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
  await fillEntry(entryForm(page), person, DAY);
  await save(entryForm(page));
  await expect(pill(page)).toHaveText("Hata (1)");
  await page.unroute("**/timesheets");
  await fillEntry(entryForm(page), null, { end: "19:00" });
  await save(entryForm(page));
  await expectRow(page, { ...DAY, end: "19:00" });
  expect(new Set(ops).size).toBe(2);
  expect(await storedEntries(page, person)).toHaveLength(1);
});

test("while the answer is under way the pill says so, and a click on it explains the failure afterwards", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Ağ Yavaş");
  await openList(page, person);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/timesheets", async (route) => {
    if (route.request().method() === "POST") {
      await held;
      await route.abort();
    } else {
      await route.continue();
    }
  });
  await fillEntry(entryForm(page), person, DAY);
  await save(entryForm(page));
  await expect(pill(page)).toHaveText("Bekliyor (1)");
  release();
  await expect(pill(page)).toHaveText("Hata (1)");
  await toast(page, "Kaydedilemedi").getByRole("button", { name: "Bildirimi kapat" }).click();
  await pill(page).click();
  await expect(toast(page, "Kaydedilemedi")).toBeVisible();
  await expect(entryForm(page).getByLabel("Çalışan")).toBeFocused();
});

test("a session that has ended loses nothing: sign in over it, and it is saved by itself", async ({ visit }) => {
  const page = await visit();
  await page.goto("/login");
  await signIn(page, "bursa1");
  const person = await addEmployee(page, "Oturumu Biten");
  await openList(page, person);
  await fillEntry(entryForm(page), person, DAY);
  await page.context().clearCookies();
  await save(entryForm(page));

  await expect(pill(page)).toHaveText("Hata (1)");
  await expectTyped(page, person);
  const message = toast(page, "oturumunuz kapanmış");
  await expect(message).toBeVisible();
  await shot(page, "saving-signed-out");
  const dialog = page.getByRole("dialog", { name: "Oturumunuz kapanmış: oturum açın" });
  await dialog.getByLabel("Parola").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Oturum aç" }).click();
  await expect(pill(page)).toHaveText("Kaydedildi");
  await expect.poll(async () => (await storedEntries(page, person)).length).toBe(1);
});

test("a deletion that did not arrive leaves the row in the list", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Silinemeyen");
  await openList(page, person);
  await fillEntry(entryForm(page), person, DAY);
  await save(entryForm(page));
  await expectRow(page, DAY);
  await page.route("**/deletion", (route) => route.abort());
  await page.getByRole("button", { name: /^Sil/ }).click();
  await expect(pill(page)).toHaveText("Hata (1)");
  await expectRow(page, DAY);
  await page.unroute("**/deletion");
  await page.getByRole("button", { name: /^Sil/ }).click();
  await expect(toast(page, "kayıt silindi")).toBeVisible();
  await expect(pill(page)).toHaveText("Kaydedildi");
  expect(await storedEntries(page, person)).toEqual([]);
});

async function expectTyped(page: Page, person: Person): Promise<void> {
  const form = entryForm(page);
  const typed = { Çalışan: person.id, Tarih: DAY.date, Giriş: DAY.start, Çıkış: DAY.end, "Mola (dk)": String(DAY.breakMinutes), Not: DAY.notes };
  for (const [label, value] of Object.entries(typed)) {
    await expect(form.getByLabel(label, { exact: true })).toHaveValue(value);
  }
}

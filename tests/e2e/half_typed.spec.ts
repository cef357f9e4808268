// What is typed and not saved, what the messages of several acts say, where the focus goes, and a page that stays open over midnight.

import type { Locator, Page } from "@playwright/test";

import { PASSWORD, expect, shot, signIn, test } from "./support/browser.ts";
import { meet, refuse } from "./support/inbox.ts";
import { type Person, addEmployee, enter, entryForm, fillEntry, openList, pill, rowOf, save, storedEntries, toast } from "./support/puantaj.ts";

// Without the worker: what it does besides is tried in offline.spec.ts and session.spec.ts.
test.use({ serviceWorkers: "block" });

const note = (page: Page): Locator => page.locator("[data-draft-note]");

// Half-typed --------------------------------------------------------------------------------------------------------------------------------

test("what was half typed is back in every form, and gone once it is saved, given up or its person has left", async ({ visit }) => {
  const page = await visit(); // a session of its own: it ends here
  await page.goto("/login");
  await signIn(page, "bursa1");
  const person = await addEmployee(page, "Yarım Kalan");
  await page.goto(`/timesheets?q=${encodeURIComponent(person.name)}`);

  await test.step("a new entry", async () => {
    await fillEntry(entryForm(page), person, { start: "07:15", notes: "yarım not" });
    await page.goto("/employees");
    await page.goto("/timesheets");
    await expect(entryForm(page).getByLabel("Giriş")).toHaveValue("07:15");
    await expect(entryForm(page).getByLabel("Not")).toHaveValue("yarım not");
    await expect(entryForm(page).getByLabel("Çalışan")).toHaveValue(person.id);
    await expect(note(page)).toContainText("Yarım kalan kaydınız geri getirildi.");
    await shot(page, "draft");
    await note(page).getByRole("button", { name: "Sil" }).click();
    await expect(entryForm(page).getByLabel("Not")).toHaveValue("");
    await page.reload();
    await expect(entryForm(page).getByLabel("Not"), "given up").toHaveValue("");
  });

  await test.step("a new employee: everything but the identity number", async () => {
    await page.goto("/employees/new");
    await page.getByLabel("Ad soyad").fill("Yarım Çalışan");
    await page.getByLabel("T.C. kimlik no").fill("12345678950");
    await page.getByLabel("Departman").fill("Depo");
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage })), "the number is nowhere").not.toContain("12345678950");
    await page.goto("/employees");
    await page.goto("/employees/new");
    await expect(page.getByLabel("Ad soyad")).toHaveValue("Yarım Çalışan");
    await expect(page.getByLabel("Departman")).toHaveValue("Depo");
    await expect(page.getByLabel("T.C. kimlik no")).toHaveValue("");
    await page.getByRole("button", { name: "Kaydet" }).click();
    await expect(toast(page, "Yarım Çalışan eklendi.")).toBeVisible();
    await page.goto("/employees/new");
    await expect(page.getByLabel("Ad soyad"), "saved").toHaveValue("");
  });

  await test.step("an edit in its row, and on a page of its own", async () => {
    await page.goto(`/employees?q=${encodeURIComponent(person.name)}`);
    await page.getByRole("link", { name: `Düzelt: ${person.name}` }).click();
    await page.locator("tr.editing").getByLabel("Unvan").fill("Usta");
    await page.goto(`/employees/${person.id}/edit`);
    await expect(page.getByLabel("Unvan")).toHaveValue("Usta");
  });

  await test.step("a shift template, with its weekdays", async () => {
    await page.goto("/shift-templates/new");
    await page.getByLabel("Şablon adı").fill("Yarım vardiya");
    await page.getByLabel("Çar").check();
    await page.goto("/shift-templates");
    await page.goto("/shift-templates/new");
    await expect(page.getByLabel("Şablon adı")).toHaveValue("Yarım vardiya");
    await expect(page.getByLabel("Çar")).toBeChecked();
  });

  await test.step("nobody else finds it", async () => {
    await page.locator(".user-menu summary").click();
    await page.getByRole("button", { name: "Oturumu kapat" }).click();
    await expect(page.getByLabel("Parola")).toBeVisible();
    expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith("rainstaff-draft")))).toEqual([]);
  });
});

test("admin's forms keep what was half typed as well", async ({ as }) => {
  const page = await as("admin");
  for (const [address, label] of [
    ["/admin/users/new", "Kullanıcı adı"],
    ["/admin/regions", "Bölge"],
    ["/admin/devices", "Cihazın adı"],
    ["/admin/calendar/new", "Ad"],
    ["/account/tokens", "Ad"],
  ] as const) {
    await page.goto(address);
    const field = page.locator("form.entry-form").getByLabel(label, { exact: true }).first();
    await field.fill("yarım");
    await page.goto("/activity");
    await page.goto(address);
    await expect(field, address).toHaveValue("yarım");
  }
});

test("in the month Escape or another cell keeps what was typed, and the cell is marked", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Ayda Yarım");
  await page.goto("/timesheets/month?month=2026-01");
  const cell = (day: string): Locator => page.locator(`tr[data-employee="${person.id}"] td`).filter({ has: page.locator(`a[href$="/days/${day}"]`) });
  const editor = page.locator("#day-editor");
  await cell("2026-01-07").locator("a").click();
  await editor.getByLabel("Giriş").fill("06:45");
  await page.keyboard.press("Escape");
  await expect(editor).toHaveCount(0);
  await expect(cell("2026-01-07")).toHaveClass(/has-draft/);
  await cell("2026-01-08").locator("a").click();
  await editor.getByLabel("Not").fill("sekizi");
  await cell("2026-01-07").locator("a").click();
  await expect(cell("2026-01-08")).toHaveClass(/has-draft/);
  await expect(editor.getByLabel("Giriş")).toHaveValue("06:45");
  await shot(page, "draft-month");
  await editor.getByRole("button", { name: "Kaydet" }).click();
  await expect(cell("2026-01-07")).not.toHaveClass(/has-draft/);
  expect(await storedEntries(page, person)).toMatchObject([{ work_date: "2026-01-07", start_time: "06:45" }]);
});

// Messages of several acts --------------------------------------------------------------------------------------------------------------------

test("entries one after the other make one message that counts, names the days and takes back; each new row is shown", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Arka Arkaya");
  await openList(page, person);
  for (const day of ["05", "06", "07"]) {
    await enter(page, person, { date: `2026-01-${day}`, start: "08:00", end: "17:00", breakMinutes: 60, notes: "kaydedilen" });
    await expect(rowOf(page, `2026-01-${day}`)).toHaveClass(/just-saved/);
    await expect(entryForm(page).getByLabel("Not"), "what was saved is not half typed").toHaveValue("");
    await expect(note(page)).toHaveCount(0);
  }
  const messages = page.locator("[data-toast]");
  await expect(messages).toHaveCount(1);
  await expect(messages).toContainText("3 puantaj kaydedildi: Arka Arkaya 05.01.2026, 06.01.2026, 07.01.2026");
  await shot(page, "toast-counts");
  await messages.getByRole("button", { name: "Geri al" }).click();
  await expect(rowOf(page, "2026-01-07")).toHaveCount(0);
  await expect(messages.filter({ hasText: "2 puantaj kaydedildi" })).toContainText("05.01.2026, 06.01.2026");
  expect(await storedEntries(page, person)).toHaveLength(2);
});

test("an entry that the list does not show is led to by its message", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Başka Ayda");
  await openList(page, person);
  await fillEntry(entryForm(page), person, { date: "2025-11-05", start: "08:00", end: "17:00", breakMinutes: 60 });
  await save(entryForm(page));
  await page.getByRole("link", { name: "Kaydı göster" }).click();
  await expect(page.getByRole("main")).toContainText("05.11.2025");
});

// The focus -----------------------------------------------------------------------------------------------------------------------------------

test("after a deletion the focus is on the same act of the next row, never nowhere", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Silinecek Satırlar");
  await openList(page, person);
  for (const day of ["12", "13", "14"]) {
    await enter(page, person, { date: `2026-01-${day}`, start: "08:00", end: "17:00", breakMinutes: 60 });
  }
  const remove = (day: string): Locator => rowOf(page, `2026-01-${day}`).getByRole("button", { name: /^Sil/ });
  await remove("13").focus();
  await page.keyboard.press("Enter");
  await expect(rowOf(page, "2026-01-13")).toHaveCount(0);
  await expect.poll(() => focused(page)).toMatch(/^Sil: Silinecek Satırlar/);
  await page.keyboard.press("Enter");
  await expect(page.locator("#timesheet-list tbody tr")).toHaveCount(1);
  await expect.poll(() => focused(page)).toMatch(/^Sil: Silinecek Satırlar/);
  await page.keyboard.press("Enter");
  await expect(page.locator("#timesheet-list tbody tr")).toHaveCount(0);
  await expect.poll(() => focused(page), "an empty list has the focus itself, or what it offers").not.toBe("BODY");

  await test.step("employees", async () => {
    const other = await addEmployee(page, "Silinecek Satırlar İki");
    await page.goto(`/employees?q=${encodeURIComponent("Silinecek Satırlar")}`);
    await page.getByRole("button", { name: `Sil: ${other.name}` }).focus();
    await page.keyboard.press("Enter");
    await expect(page.locator("#employee-list tbody tr")).toHaveCount(1);
    await expect.poll(() => focused(page)).toBe(`Sil: ${person.name}`);
  });

  await test.step("a message that leaves gives the focus back", async () => {
    const close = page.locator("[data-toast]").last().getByRole("button", { name: "Bildirimi kapat" });
    await close.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page)).not.toBe("BODY");
  });
});

test("after a decision the focus is on the same act of the next row, and at the end on what the empty page offers", async ({ as }) => {
  const page = await as("bursa1");
  for (const name of ["Odak Bir", "Odak İki", "Odak Üç"]) {
    await meet(page, name);
  }
  await page.goto("/employees");
  for (let n = 0; n < 3; n += 1) {
    await refuse(page);
  }
  for (const [path, act] of [
    ["/conflicts", /^Böyle kalsın/],
    ["/queue", /^Gördüm/],
  ] as const) {
    await test.step(path, async () => {
      await page.goto(path);
      const rows = page.locator("li.held");
      await expect(rows).toHaveCount(3);
      await rows.nth(1).getByRole("button", { name: act }).focus();
      for (const [left, next] of [
        [2, "last"],
        [1, "first"],
      ] as const) {
        const id = await idOf(rows.nth(next === "last" ? 2 : 0));
        await page.keyboard.press("Enter");
        await expect(rows).toHaveCount(left);
        await expect.poll(() => spotOf(page), `the ${next} row`).toEqual({ id, act: expect.stringMatching(act) });
      }
      await page.keyboard.press("Enter");
      await expect(rows).toHaveCount(0);
      await expect.poll(() => focused(page), "nothing is left: the page's heading, its list or what it offers").not.toBe("BODY");
      const where = await page.evaluate(() => document.activeElement?.closest("main, h1") !== null);
      expect(where, "in the page, not in its menu").toBe(true);
    });
  }
});

test("a deletion that leads to the page again comes back to its place in the list", async ({ as }) => {
  const page = await as("admin");
  for (const [day, name] of [
    ["2027-02-15", "Odak bir"],
    ["2027-02-16", "Odak iki"],
  ] as const) {
    await page.goto("/admin/calendar/new?year=2027");
    await page.getByLabel("Tarih", { exact: true }).fill(day);
    await page.getByLabel("Ad", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Kaydet" }).click();
  }
  await page.goto("/admin/calendar?year=2027");
  for (const next of [/Odak iki/, /./]) {
    await page
      .getByRole("button", { name: /^Sil.*Odak/ })
      .first()
      .focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page)).toMatch(next);
    await expect.poll(() => focused(page)).not.toBe("BODY");
  }
});

/** Whose row it is, whatever it is loaded again. */
async function idOf(row: Locator): Promise<string> {
  return row
    .locator("form")
    .first()
    .evaluate((form: HTMLFormElement) => form.getAttribute("action") ?? "");
}

/** Whose row and which of its acts has the focus. */
async function spotOf(page: Page): Promise<{ id: string; act: string }> {
  return page.evaluate(() => {
    const { activeElement: button } = document;
    return { id: button?.closest("li.held")?.querySelector("form")?.getAttribute("action") ?? "", act: (button?.textContent ?? "").trim() };
  });
}

async function focused(page: Page): Promise<string> {
  const look = (): string => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.tagName ?? "BODY";
  return page.evaluate(look).catch(() => "BODY"); // on the way to another page
}

// The day -------------------------------------------------------------------------------------------------------------------------------------

const DAY_MS = 86_400_000;

test("over midnight Bugün becomes Dün, asks once before it saves there, and offers the day that has begun", async ({ as }) => {
  const page = await as("bursa1");
  await page.clock.install();
  await page.goto("/today");
  const title = page.getByRole("heading", { level: 1 });
  const date = await page.locator("#today-date").inputValue();
  await expect(title).toHaveText(/^Bugün, /);
  await page.clock.fastForward(DAY_MS);
  await expect(title).toHaveText(/^Dün, /);
  await expect(page).toHaveTitle(/^Dün, /);
  await expect(page.locator("#strip-day")).toContainText("Gün değişti");

  const row = page.locator("tr[data-row]").first();
  const start = row.locator('input[name="start_time"]');
  await start.fill("0700");
  await row.locator('input[name="end_time"]').fill("0800");
  await row.locator('input[name="break_minutes"]').fill("0");
  await row.locator('input[name="break_minutes"]').press("Enter");
  await expect(toast(page, "Öyle isteniyorsa bir daha kaydedin.")).toBeVisible();
  await expect(row.locator('input[name="break_minutes"]'), "nothing has moved").toBeFocused();
  await shot(page, "day-turned");
  const entries = async (): Promise<number> =>
    ((await (await page.request.get(`/api/v1/timesheets?from=${date}&to=${date}&limit=500`)).json()) as { items: { start_time: string }[] }).items.filter(
      (one) => one.start_time === "07:00",
    ).length;
  expect(await entries(), "nothing is saved").toBe(0);
  await page.keyboard.press("Enter");
  await expect(pill(page)).toHaveText("Kaydedildi");
  await expect.poll(entries).toBe(1);
  await page.keyboard.press("Control+z");
  await expect.poll(entries).toBe(0);
  await page.locator("#strip-day").getByRole("button", { name: "Bugünü aç" }).click();
  await expect(page.locator("#strip-day")).toHaveCount(0);
});

test("a saved form that its page shows again is empty", async ({ as }) => {
  const page = await as("admin");
  for (const [address, name, button, fill] of [
    ["/admin/devices", "Cihazın adı", "Cihaz ekle", async () => page.locator("form.entry-form").getByLabel("Bölge").selectOption("izmir")],
    [
      "/account/tokens",
      "Ad",
      "Anahtar oluştur",
      async () => {
        await page.getByLabel("İzmir").check();
        await page.getByLabel("Parolanız").fill(PASSWORD);
      },
    ],
    ["/admin/regions", "Bölge", "Bölge ekle", async () => undefined],
  ] as const) {
    await page.goto(address);
    const field = page.getByLabel(name, { exact: true });
    await field.fill("Bir kez");
    await fill();
    await page.getByRole("button", { name: button }).click();
    await expect(page.locator("[data-made], [data-toast][data-tone=success]"), address).toBeVisible();
    await expect(field, address).toHaveValue("");
    await expect(note(page), address).toHaveCount(0);
    await page.goto(address);
    await expect(field, address).toHaveValue("");
  }
});

test("the new entry's date is the day's, also of a page that was opened yesterday; what somebody chose stays", async ({ as }) => {
  const page = await as("bursa1");
  await page.clock.install();
  await page.goto("/timesheets");
  const field = entryForm(page).getByLabel("Tarih");
  const day = await field.inputValue();
  await page.clock.fastForward(DAY_MS);
  await expect(field).toHaveValue(new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10));
  await field.fill("2026-01-20");
  await page.clock.fastForward(DAY_MS);
  await expect(field).toHaveValue("2026-01-20");
});

test("a day of the past that somebody has chosen asks nothing, also over midnight", async ({ as }) => {
  const page = await as("bursa1");
  const person: Person = await addEmployee(page, "Geçmiş Gün");
  await page.clock.install();
  await page.goto("/today?date=2026-01-21");
  await page.clock.fastForward(DAY_MS);
  const row = page.locator(`#row-${person.id}`);
  await row.locator('input[name="start_time"]').fill("0800");
  await row.locator('input[name="end_time"]').fill("1700");
  await row.locator('input[name="break_minutes"]').fill("60");
  await row.locator('input[name="break_minutes"]').press("Enter");
  await expect.poll(async () => (await storedEntries(page, person)).length).toBe(1);
  await expect(page.locator("#strip-day")).toHaveCount(0);
});

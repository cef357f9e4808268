// What cannot be saved says so at its field; nothing else of the form is lost, and the pill does not lie.

import { type Page, expect, shot, test } from "./support/browser.ts";
import { addEmployee, entryForm, fillEntry, openList, pill, save, storedEntries } from "./support/puantaj.ts";

interface Wrong {
  what: string;
  label: string;
  value: string;
  /** What the field says, in part. */
  complaint: RegExp;
}

const WRONG: Wrong[] = [
  { what: "an hour no clock shows", label: "Çıkış", value: "25:00", complaint: /25:00 saat değil/ },
  { what: "words for a time", label: "Giriş", value: "sabah", complaint: /Saat biçimi geçersiz/ },
  { what: "a shift that ends when it starts", label: "Çıkış", value: "08:15", complaint: /./ },
  { what: "a break longer than a shift may have", label: "Mola (dk)", value: "500", complaint: /0.480 dakika/ },
  { what: "no date", label: "Tarih", value: "", complaint: /Tarih zorunlu/ },
];

const TYPED: Record<string, string> = { Tarih: "2026-01-12", Giriş: "08:15", Çıkış: "17:45", "Mola (dk)": "45", Not: "depo sayımı, ışık" };

for (const { what, label, value, complaint } of WRONG) {
  test(`${what} is refused at its field, and the rest of the form stays`, async ({ as }) => {
    const page = await as("bursa1");
    const person = await addEmployee(page, `Yanlış ${label} ${value || "boş"}`);
    await openList(page, person);
    const form = entryForm(page);
    await form.getByLabel("Çalışan").selectOption(person.id);
    await form.getByLabel("Özel gün").check();
    for (const [field, text] of Object.entries({ ...TYPED, [label]: value })) {
      await form.getByLabel(field, { exact: true }).fill(text);
    }
    expect(await statusOf(page, () => save(form))).toBe(422);

    const field = form.getByLabel(label, { exact: true });
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toBeFocused();
    await expect(field).toHaveAccessibleDescription(complaint);
    await expect(form.locator("[aria-invalid=true]")).toHaveCount(1);
    for (const [name, text] of Object.entries({ ...TYPED, [label]: value })) {
      await expect(form.getByLabel(name, { exact: true })).toHaveValue(text);
    }
    await expect(form.getByLabel("Çalışan")).toHaveValue(person.id);
    await expect(form.getByLabel("Özel gün")).toBeChecked();
    await shot(page, `wrong-${WRONG.findIndex((wrong) => wrong.what === what) + 1}`);

    // Nothing is under way and nothing was lost on the way: the pill has nothing to complain about, and no message claims a save.
    await expect(pill(page)).toHaveAttribute("data-state", "saved");
    await expect(page.locator("[data-toast]")).toHaveCount(0);
    expect(await storedEntries(page, person)).toEqual([]);

    await field.fill(TYPED[label] ?? "");
    await save(form);
    await expect.poll(async () => (await storedEntries(page, person)).length, { message: "the corrected form is saved" }).toBe(1);
    expect((await storedEntries(page, person))[0]).toMatchObject({
      work_date: "2026-01-12",
      start_time: "08:15",
      end_time: "17:45",
      break_minutes: 45,
      is_special: true,
      notes: TYPED["Not"],
    });
  });
}

test("an entry without an employee is refused at the employee", async ({ as }) => {
  const page = await as("bursa1");
  await page.goto("/timesheets");
  const form = entryForm(page);
  await fillEntry(form, null, { date: "2026-01-13", start: "08:15", end: "17:45", notes: "kim?" });
  expect(await statusOf(page, () => save(form))).toBe(422);
  await expect(form.getByLabel("Çalışan")).toBeFocused();
  await expect(form.getByLabel("Çalışan")).toHaveAccessibleDescription(/\S/);
  await expect(form.getByLabel("Not")).toHaveValue("kim?");
});

test("a wrong correction keeps what was typed, and the entry stays as it was", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Yanlış Düzeltme");
  await openList(page, person);
  await fillEntry(entryForm(page), person, { date: "2026-01-14", start: "08:00", end: "17:00", breakMinutes: 60 });
  await save(entryForm(page));
  await page
    .locator("#timesheet-list tbody")
    .getByRole("link", { name: /^Düzelt/ })
    .click();
  const form = page.getByRole("form", { name: /kaydı düzelt/ });
  await fillEntry(form, null, { end: "24:30", notes: "mesaiye kaldı" });
  expect(await statusOf(page, () => save(form))).toBe(422);
  await expect(form.getByLabel("Çıkış")).toHaveAccessibleDescription(/24:30 saat değil/);
  await expect(form.getByLabel("Not")).toHaveValue("mesaiye kaldı");
  expect(await storedEntries(page, person)).toMatchObject([{ end_time: "17:00", notes: "" }]);
});

test("two entries of one person may not overlap", async ({ as }) => {
  const page = await as("bursa1");
  const person = await addEmployee(page, "Çakışan Vardiya");
  await openList(page, person);
  await fillEntry(entryForm(page), person, { date: "2026-01-15", start: "22:00", end: "06:00", breakMinutes: 30 });
  await save(entryForm(page));
  await expect(page.locator("#timesheet-list tbody tr")).toHaveCount(1);
  await fillEntry(entryForm(page), person, { date: "2026-01-16", start: "05:00", end: "13:00", breakMinutes: 30 });
  expect(await statusOf(page, () => save(entryForm(page)))).toBe(422);
  await expect(entryForm(page).locator(".invalid-feedback, .alert-danger").first()).toBeVisible();
  await expect(entryForm(page).getByLabel("Giriş")).toHaveValue("05:00");
  await shot(page, "wrong-overlap");
  expect(await storedEntries(page, person)).toHaveLength(1);
});

async function statusOf(page: Page, act: () => Promise<void>): Promise<number> {
  const [answer] = await Promise.all([page.waitForResponse((response) => response.request().method() === "POST"), act()]);
  return answer.status();
}

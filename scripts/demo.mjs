// What scripts that look at a demo have in common.

import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
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

/** A region of its own in a demo, with so many people who work every day: made where it is not there yet, else filled up. `admin`: a tab of
 *  the administrator. Answers the region's code. */
export async function makeCrowd(admin, demo, count) {
  const [code, name] = ["kalabalik", "Kalabalık"];
  await admin.goto(`${demo}/admin/regions`);
  if ((await admin.locator(`#region-${code}`).count()) === 0) {
    await admin.fill("#new-name", name);
    await admin.fill("#new-code", code);
    await Promise.all([admin.waitForSelector(`#region-${code}`), admin.press("#new-code", "Enter")]);
  }
  const { user } = await (await admin.request.get(`${demo}/api/v1/ping`)).json();
  const [queue_id, edited_at] = [randomUUID(), new Date().toISOString()];
  const create = (entity, what, values) => {
    const fields = Object.fromEntries(Object.entries(values).map(([field, to]) => [field, { from: null, to }]));
    return { v: 1, op_id: idOf(`${what}/create`), queue_id, actor: user.id, kind: "create", entity, id: idOf(what), region: code, fields, edited_at };
  };
  const day = { name: "Her gün", start_time: "08:30", end_time: "17:30", break_minutes: 60, weekdays: "1234567" };
  const people = Array.from({ length: count }, (_, at) => create("employee", `${code}/${at}`, { full_name: `Kişi ${String(at + 1).padStart(4, "0")}` }));
  const ops = [create("shift_template", `${code}/day`, day), ...people].map((op, at) => ({ ...op, n: at + 1 }));
  for (let at = 0; at < ops.length; at += 100) {
    const headers = { "Content-Type": "application/json", "X-Sync-Client": "1", Origin: new URL(demo).origin };
    const answer = await admin.request.post(`${demo}/api/v1/ops`, { headers, data: { ops: ops.slice(at, at + 100) } });
    if (!answer.ok()) throw new Error(`the region's people were not taken: ${answer.status()} ${await answer.text()}`);
  }
  return code;
}

/** An id that follows from a name: the same people at every run. */
function idOf(name) {
  const hex = createHash("sha256").update(`rainstaff-crowd/${name}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

// Who sits at a browser of the PC: whoever signed in there last, at the server or at the PC itself, and nobody else with them.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { newId, Office, until } from "./office.mjs";

const PASSWORD = "rainstaff-demo";
/** As the service worker posts a form. */
const BY_SCRIPT = { "HX-Request": "true", "HX-Request-Type": "partial" };

let office;
let origin;
const ids = {};
before(async () => {
  office = await Office.open();
  origin = `http://127.0.0.1:${office.agent.port}`;
  await office.stack.assign("bursa1", ["ankara"]); // a second clerk of Ankara
  // The server has let both in through this PC, and izmir1 as well, whom it does not name there.
  for (const name of ["ankara1", "bursa1", "izmir1"]) ids[name] = (await office.stack.signIn(name, office.agent.port)).id;
  await office.mirrored();
});
beforeEach(() => mend());
after(() => office.close());

/** A browser of the PC: keeps the cookies that answers set, and lets go of those that they take away. */
class Browser {
  cookies = new Map();

  async send(method, path, { fields, headers = {} } = {}) {
    const Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const body = fields && new URLSearchParams(fields);
    const answer = await fetch(origin + path, { method, body, redirect: "manual", headers: { Origin: origin, Cookie, ...headers } });
    for (const text of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(text);
      if (value === "" || /max-age=0/i.test(text)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  get(path) {
    return this.send("GET", path);
  }

  /** Signs in; who answered. */
  async signIn(username) {
    const answer = await this.send("POST", "/login", { fields: { username, password: PASSWORD, next: "" } });
    assert.equal(answer.status, 303, `${username} is not let in: ${await answer.text()}`);
    return answer.headers.get("X-App") === "agent" ? "agent" : "server";
  }

  /** Whose page is shown, as the program says that made it; null where a sign-in is asked for. */
  async reader(path = "/today") {
    const answer = await this.get(path);
    if (answer.status === 303) {
      assert.match(answer.headers.get("Location"), /^\/login/);
      return null;
    }
    assert.equal(answer.status, 200, await answer.text());
    return answer.headers.get("X-User");
  }

  /** The token that the forms of this person's pages carry. */
  async token() {
    return /name="_csrf" value="([^"]+)"/.exec(await (await this.get("/timesheets")).text())[1];
  }

  /** Posts the form of a new person as it stands on a page with this token. */
  async enter(full_name, token) {
    const form = { _op: newId(), _id: newId(), _csrf: token, region: "ankara", full_name, is_active: "true" };
    const answer = await this.send("POST", "/employees", { fields: form, headers: BY_SCRIPT });
    return { id: form._id, status: answer.status };
  }

  get names() {
    return [...this.cookies.keys()].filter((name) => /^__Host-rainstaff(-pc)?$/.test(name)).sort();
  }
}

async function cut() {
  office.cut();
  await until(async () => {
    await fetch(`${origin}/api/v1/ping`).catch(() => null);
    return !(await office.agent.health()).server.reachable;
  }, "the line is not seen to be down");
}

async function mend() {
  office.cut(false);
  await until(async () => (await office.agent.health()).server.reachable, "the line does not come back");
}

/** Whose name stands on a row in the log. */
async function authorsOf(id) {
  return (await office.stack.query(`SELECT actor_name FROM app.change_log WHERE entity_id = '${id}'`)).map(({ actor_name }) => actor_name);
}

/** Whom the server takes a session's cookie for. */
async function holderOf(value) {
  const answer = await fetch(`http://127.0.0.1:${office.stack.port}/api/v1/ping`, { headers: { Cookie: `__Host-rainstaff=${value}` } });
  return (await answer.json()).user?.username ?? null;
}

test("whoever signs in without the server, in a browser where somebody else was signed in, sits there alone", async () => {
  const browser = new Browser();
  assert.equal(await browser.signIn("ankara1"), "server");
  const old = { token: await browser.token(), session: browser.cookies.get("__Host-rainstaff") };
  assert.equal(await browser.reader(), ids.ankara1);
  await cut();
  const first = await browser.enter("Birincinin Girdiği", old.token);
  assert.equal(first.status, 202);

  assert.equal(await browser.signIn("bursa1"), "agent");
  for (const path of ["/today", "/timesheets", "/employees", "/queue"]) assert.equal(await browser.reader(path), ids.bursa1, path);
  const stale = await browser.enter("Eski Sayfadan", old.token);
  assert.equal(stale.status, 401, "a form of the first one's page is not the second one's");
  const second = await browser.enter("İkincinin Girdiği", await browser.token());
  assert.equal(second.status, 202);
  const queue = await (await browser.get("/agent/queue")).json();
  assert.deepEqual([queue.waiting.map(({ id, author }) => [id, author]), queue.others], [[[second.id, "bursa1"]], 1]);

  await mend();
  assert.equal(await browser.reader(), null, "the server asks to sign in, and shows nobody's page");
  await office.drained();
  assert.deepEqual([await authorsOf(first.id), await authorsOf(second.id), await authorsOf(stale.id)], [["ankara1"], ["bursa1"], []]);
  await until(async () => (await holderOf(old.session)) === null, "the session that was signed in over is still open at the server");

  assert.equal(await browser.signIn("bursa1"), "server");
  assert.deepEqual(browser.names, ["__Host-rainstaff"], "one sign-in at a time");
  await cut();
  assert.equal(await browser.reader(), ids.bursa1);
  await mend();
});

test("somebody whom the PC trusts no more stands in nobody's way", async () => {
  const browser = new Browser();
  await browser.signIn("ankara1");
  await office.mirrored();
  await cut();
  const admin = await office.stack.signIn("admin");
  const act = (what) => admin.post(`/admin/users/${ids.ankara1}`, `/admin/users/${ids.ankara1}/${what}`, {});
  assert.equal((await act("deactivation")).status, 303);
  const since = new Date().toISOString();
  office.cut(false);
  await until(async () => (await office.count(`SELECT count(*) FROM app.device_contact WHERE last_at > '${since}'`)) > 0, "no contact", 90_000);
  await cut();
  await until(async () => (await browser.reader()) === null, "the PC goes on trusting whom the server has disabled");
  await browser.signIn("bursa1");
  assert.equal(await browser.reader(), ids.bursa1, "and not back to the sign-in page");
  assert.equal((await act("activation")).status, 303);
  await mend();
  office.clerk = await office.stack.signIn("ankara1");
  office.agent.desk = await office.stack.signIn("ankara1", office.agent.port);
});

test("whoever signs in at the server over somebody's sign-in at the PC sits there alone, also when the PC does not know them", async () => {
  const browser = new Browser();
  await cut();
  await browser.signIn("bursa1");
  assert.equal(await browser.reader(), ids.bursa1);
  const token = await browser.token();
  const before = browser.cookies.get("__Host-rainstaff-pc");
  await mend();
  assert.equal(await browser.signIn("izmir1"), "server");
  assert.deepEqual(browser.names, ["__Host-rainstaff"]);
  assert.equal((await browser.get("/agent/queue")).status, 401, "nothing of the one before");
  await cut();
  assert.equal(await browser.reader(), null);
  assert.equal((await browser.enter("Başkasının Yerine", token)).status, 401);
  // Nor with the cookie of before, however it was kept.
  browser.cookies = new Map([["__Host-rainstaff-pc", before]]);
  assert.equal(await browser.reader(), null);
  await mend();
});

test("a browser's session says who sits there, also where a sign-in at the PC lies beside it", async () => {
  const [first, second] = [new Browser(), new Browser()];
  await first.signIn("izmir1");
  await cut();
  await second.signIn("bursa1");
  assert.equal(await second.reader(), ids.bursa1);
  second.cookies.set("__Host-rainstaff", first.cookies.get("__Host-rainstaff"));
  assert.equal(await second.reader(), null, "izmir1 reads nothing of Ankara");
  await mend();
  assert.equal(await second.reader(), ids.izmir1);
});

test("signing out without the server leaves neither of two cookies, and the session ends at the server when it is back", async () => {
  const browser = new Browser();
  await browser.signIn("bursa1");
  assert.equal(await browser.reader(), ids.bursa1);
  const session = browser.cookies.get("__Host-rainstaff");
  await cut();
  const token = await browser.token();
  const out = await browser.send("POST", "/logout", { fields: { _csrf: token } });
  assert.deepEqual([out.status, out.headers.get("Location"), browser.names], [303, "/login", []]);
  browser.cookies.set("__Host-rainstaff", session);
  assert.equal(await browser.reader(), null, "nor with the cookie of before");
  browser.cookies.clear();
  await mend();
  assert.equal(await browser.reader(), null, "whoever comes next is not taken for the one who left");
  await until(async () => (await holderOf(session)) === null, "the session is still open at the server");

  // The worker ends the session itself, with the number of its queue's last entry, and needs the cookie for it.
  await browser.signIn("bursa1");
  await cut();
  await browser.send("POST", "/logout", { fields: {}, headers: BY_SCRIPT });
  assert.deepEqual(browser.names, ["__Host-rainstaff"]);
  assert.equal(await browser.reader(), null);
  await mend();
  await browser.send("POST", "/logout", { fields: {}, headers: BY_SCRIPT });
  assert.deepEqual(browser.names, []);
});

test("a session that was ended at the server opens the PC's copy no more once the server has said so", async () => {
  const others = await office.stack.signIn("bursa1");
  const end = async () => assert.equal((await others.post("/account", "/account/sessions/closure", {})).status, 303);
  const queue = await office.newQueue();
  const asks = {
    "a page": (browser) => browser.get("/today"),
    "a page that the PC has not": (browser) => browser.get("/account"),
    "the worker's question": (browser) => browser.get("/api/v1/ping"),
    "the sign-in page": (browser) => browser.get("/login"),
    "a form": (browser) => browser.enter("Kapatılan Oturum", `${ids.bursa1}.x`),
    "a choice of colours": (browser) => browser.send("POST", "/preferences", { fields: { theme: "dark" } }),
    "a batch": (browser) => office.post([office.employee(queue, "Kapatılan Kuyruk")], { headers: { Cookie: `__Host-rainstaff=${browser.cookies.get("__Host-rainstaff")}` } }),
    "a question about a batch": (browser) => browser.send("POST", "/api/v1/ops/status", { fields: {} }),
  };
  for (const [what, ask] of Object.entries(asks)) {
    const browser = new Browser();
    await browser.signIn("bursa1");
    assert.equal(await browser.reader(), ids.bursa1);
    assert.equal((await browser.get("/agent/queue")).status, 200);
    await end();
    await ask(browser);
    assert.equal((await browser.get("/agent/queue")).status, 401, what);
    await cut();
    assert.equal(await browser.reader(), null, what);
    await browser.signIn("bursa1");
    assert.equal(await browser.reader(), ids.bursa1, "the password opens it as before");
    await mend();
  }
});

test("what is refused for another reason, or by somebody else, ends nobody's session here", async () => {
  const browser = new Browser();
  await browser.signIn("bursa1");
  const token = await browser.token();
  const refusals = {
    "a wrong API key": () => browser.send("GET", "/api/v1/employees", { headers: { Authorization: `Bearer rsp_${"A".repeat(43)}` } }),
    "a wrong PC's token": () => browser.send("GET", "/api/v1/snapshot", { headers: { Authorization: `Bearer rsd_${"A".repeat(43)}` } }),
    "a form of somebody else's page": () => browser.enter("Başkasının Sayfası", `${ids.ankara1}.x`),
    "a form without its token": () => browser.send("POST", "/employees", { fields: { full_name: "x" } }),
    administration: () => browser.get("/admin/users"),
    "no such page": () => browser.get("/nowhere"),
    "a wrong password": () => browser.send("POST", "/login", { fields: { username: "bursa1", password: "yanlış parola 7" } }),
  };
  const said = {};
  for (const [what, ask] of Object.entries(refusals)) {
    said[what] = (await ask()).status;
    assert.equal((await browser.get("/agent/queue")).status, 200, what);
  }
  assert.deepEqual([said["a wrong API key"], said["a wrong PC's token"], said["a form of somebody else's page"]], [401, 401, 401]);
  // A portal says "sign in" as well, and so does a proxy; neither is the server.
  for (const fault of ["portal", "redirect", "511", "503"]) {
    office.proxy.choose = () => fault;
    await browser.get("/today");
    await browser.get("/account");
    await cut();
    assert.equal(await browser.reader(), ids.bursa1, fault);
    await mend();
  }
  assert.equal((await browser.enter("Hâlâ Burada", token)).status, 200);
});

// Somebody signed in, without a browser: pages are asked for and their forms posted, at the server or through this PC's agent.

import { load } from "../ts/load.mjs";

const { newId } = await load("static/ts/ids.ts");
const PASSWORD = "rainstaff-demo";

export class Session {
  /** Signs in at an address such as `http://127.0.0.1:8080`. */
  static async open(origin, username) {
    const session = new Session();
    Object.assign(session, { origin, username, cookie: "" });
    const body = new URLSearchParams({ username, password: PASSWORD, next: "" });
    const answer = await fetch(`${origin}/login`, { method: "POST", body, redirect: "manual", headers: { Origin: origin } });
    session.cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    if (answer.status !== 303 || session.cookie === "") throw new Error(`${username} cannot sign in: ${answer.status}`);
    const ping = await session.get("/api/v1/ping");
    session.id = (await ping.json()).user.id;
    return session;
  }

  get(path) {
    return fetch(this.origin + path, { headers: { Cookie: this.cookie } });
  }

  /** The token that this session's forms carry. */
  async token(page) {
    const html = await (await this.get(page)).text();
    return /name="_csrf" value="([^"]*)"/.exec(html)?.[1] ?? "";
  }

  /** Posts a form as a browser without scripts does, with the token that its page carries. */
  async post(page, path, fields) {
    const body = new URLSearchParams(
      Object.entries({ _csrf: await this.token(page), _op: newId(), _id: newId(), ...fields }).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
    );
    return fetch(this.origin + path, { method: "POST", body, redirect: "manual", headers: { Cookie: this.cookie, Origin: this.origin } });
  }
}

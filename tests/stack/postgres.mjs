// The little of PostgreSQL's protocol that the oracle needs, over the private cluster's socket: one query, rows as text.

import { connect } from "node:net";

/** How long a query may take; a server that is going down may take a connection and never say anything. */
const PATIENCE_MS = 10_000;

/** Runs a query as `user`; answers rows of text values. The socket trusts whoever may open it. */
export function query(socket, database, sql, user = "postgres") {
  return new Promise((found, failed) => {
    const rows = [];
    let columns = [];
    let waiting = Buffer.alloc(0);
    const line = connect(socket, () => line.write(startup({ user, database })));
    line.setTimeout(PATIENCE_MS, () => line.destroy(new Error(`no answer within ${PATIENCE_MS} ms:\n${sql}`)));
    line.on("error", failed);
    line.once("close", () => failed(new Error(`the connection ended before the answer:\n${sql}`))); // nothing is left to fail after an answer
    line.on("data", (part) => {
      waiting = Buffer.concat([waiting, part]);
      while (waiting.length >= 5 && waiting.length > waiting.readInt32BE(1)) {
        const length = waiting.readInt32BE(1);
        const [kind, body] = [String.fromCharCode(waiting[0]), waiting.subarray(5, length + 1)];
        waiting = waiting.subarray(length + 1);
        take(kind, body);
      }
    });
    let isAsked = false;
    const take = (kind, body) => {
      if (kind === "Z" && !isAsked) {
        isAsked = true;
        line.write(message("Q", `${sql}\0`));
      } else if (kind === "Z") {
        line.end(message("X", ""));
        found(rows);
      } else if (kind === "T") {
        columns = columnsOf(body);
      } else if (kind === "D") {
        rows.push(rowOf(body, columns));
      } else if (kind === "E") {
        line.destroy();
        failed(new Error(`${sql}\n${body.toString().replaceAll("\0", " ")}`));
      }
    };
  });
}

function startup(settings) {
  const text = `${Object.entries(settings).flat().join("\0")}\0\0`;
  const packet = Buffer.alloc(8 + Buffer.byteLength(text));
  packet.writeInt32BE(packet.length, 0);
  packet.writeInt32BE(196_608, 4); // version 3.0
  packet.write(text, 8);
  return packet;
}

function message(kind, text) {
  const packet = Buffer.alloc(5 + Buffer.byteLength(text));
  packet.write(kind, 0);
  packet.writeInt32BE(packet.length - 1, 1);
  packet.write(text, 5);
  return packet;
}

function columnsOf(body) {
  const names = [];
  for (let at = 2; names.length < body.readInt16BE(0); ) {
    const end = body.indexOf(0, at);
    names.push(body.toString("utf8", at, end));
    at = end + 19; // what else is said about a column
  }
  return names;
}

function rowOf(body, columns) {
  const row = {};
  let at = 2;
  for (const name of columns) {
    const length = body.readInt32BE(at);
    row[name] = length < 0 ? null : body.toString("utf8", at + 4, at + 4 + length);
    at += 4 + Math.max(0, length);
  }
  return row;
}

// What an answer to a write means (SYNC.md, "Ten things" 5): only our own words count, never a status alone.

/**
 * saved: the server stored the write and names its op. queued: this browser stored it and will send it; refused-here: this browser checked it
 * and stored nothing, the fields say why; kept-nothing: nobody answered, and this browser could not store it either. form-errors: nothing stored, the fields say why. signed-out, refused: our server
 * stored nothing. unreachable: whoever answered, it was not our server.
 */
export type Verdict = "saved" | "queued" | "refused-here" | "kept-nothing" | "form-errors" | "signed-out" | "refused" | "unreachable";

/** Judges the answer to the write `op`. */
export function judge(status: number, headers: Pick<Headers, "get">, op: string): Verdict {
  if (op !== "" && headers.get("X-Sync") === "1" && headers.get("X-Op-Ack") === op) {
    return "saved";
  }
  if (op !== "" && status === 202 && headers.get("X-Sync") === "1" && headers.get("X-Op-Queued") === op) {
    return "queued";
  }
  if (headers.get("X-Offline") !== null) {
    return status === 422 ? "refused-here" : "kept-nothing";
  }
  if (!isOurs(headers)) {
    return "unreachable";
  }
  switch (status) {
    case 422:
      return "form-errors";
    case 401:
      return "signed-out";
    default:
      return "refused";
  }
}

/** Whether an answer comes from this site, and not from a captive portal or a proxy on the way. */
export function isOurs(headers: Pick<Headers, "get">): boolean {
  return headers.get("X-App") !== null || headers.get("X-Sync") !== null;
}

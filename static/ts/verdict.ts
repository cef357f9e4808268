// The meaning of a response to a write (SYNC.md, "Ten things" 5): only our own headers count, never a status alone.

/**
 * saved: the server stored the write and names its op. queued: this browser or this PC's agent stored it and will send
 * it. refused-here: this browser checked it and stored nothing, the fields show why. kept-nothing: no response arrived,
 * and this browser could not store it either. form-errors: nothing is stored, the fields show why. signed-out, refused:
 * our server stored nothing. unreachable: the response did not come from our server.
 */
export type Verdict = "saved" | "queued" | "refused-here" | "kept-nothing" | "form-errors" | "signed-out" | "refused" | "unreachable";

/** Judges the response to the write `op`. */
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

/** Whether a response is from this site, and not from a captive portal or a proxy on the way. */
export function isOurs(headers: Pick<Headers, "get">): boolean {
  return headers.get("X-App") !== null || headers.get("X-Sync") !== null;
}

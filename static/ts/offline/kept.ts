// What the open page is: the server's, or a copy from an earlier time.

/** The time of the page's copy; null for a page of the server. */
export function keptSince(): number | null {
  const since = document.documentElement.dataset["keptSince"];
  return since === undefined ? null : Number(since);
}

/**
 * Whether this PC's agent made the page from its own copy of the rows; otherwise a copy is a page that the browser
 * kept.
 */
export function isOfPc(): boolean {
  const { keptSince: since, keptBy } = document.documentElement.dataset;
  return since !== undefined && keptBy !== "browser";
}

/** Marks the page as fresh: what it shows has come from the server by now. */
export function nowFresh(): void {
  const { dataset } = document.documentElement;
  if (dataset["keptSince"] !== undefined) {
    delete dataset["keptSince"];
    delete dataset["keptBy"];
    document.dispatchEvent(new CustomEvent("rainstaff:fresh"));
  }
}

/** Whether headquarters has revoked this PC: then nothing is sent from here automatically. */
export function isRevoked(): boolean {
  return document.documentElement.dataset["pcRevoked"] !== undefined;
}

export function nowRevoked(isSo: boolean): void {
  document.documentElement.toggleAttribute("data-pc-revoked", isSo);
}

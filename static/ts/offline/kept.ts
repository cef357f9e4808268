// What the page in front of somebody is: the server's, or a copy of how things were at a moment.

/** The moment that the page's copy is of; null for a page of the server. */
export function keptSince(): number | null {
  const since = document.documentElement.dataset["keptSince"];
  return since === undefined ? null : Number(since);
}

/** Whether this PC's agent made the page from its own copy of the rows; the other kind is a page that the browser kept. */
export function isOfPc(): boolean {
  const { keptSince: since, keptBy } = document.documentElement.dataset;
  return since !== undefined && keptBy !== "browser";
}

/** What the page shows has come from the server by now. */
export function nowFresh(): void {
  const { dataset } = document.documentElement;
  if (dataset["keptSince"] !== undefined) {
    delete dataset["keptSince"];
    delete dataset["keptBy"];
    document.dispatchEvent(new CustomEvent("rainstaff:fresh"));
  }
}

/** Whether headquarters has taken this PC's rights away: then nothing here is sent by itself. */
export function isRevoked(): boolean {
  return document.documentElement.dataset["pcRevoked"] !== undefined;
}

export function nowRevoked(isSo: boolean): void {
  document.documentElement.toggleAttribute("data-pc-revoked", isSo);
}

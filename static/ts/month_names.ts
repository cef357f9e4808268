// What a screen reader reads for a cell: "Ayşe Yılmaz, 14 Ocak Çarşamba, 8,5 saat". The page contains name and day
// once, at row and column.

/** Names every day's cell of the table. */
export function labelCells(table: HTMLTableElement): void {
  const days = [...(table.tHead?.rows[0]?.cells ?? [])].map((head) => head.dataset["name"] ?? "");
  for (const row of table.querySelectorAll<HTMLTableRowElement>("tr[data-employee]")) {
    const name = row.cells[0]?.querySelector("a")?.textContent ?? "";
    for (const cell of row.cells) {
      const link = cell.firstElementChild;
      const day = days[cell.cellIndex];
      if (link && day) {
        link.setAttribute("aria-label", [name, day, ...words(cell, link, table.dataset)].join(", "));
      }
    }
  }
}

function words(cell: HTMLTableCellElement, link: Element, say: DOMStringMap): string[] {
  const looks = cell.classList;
  if (looks.contains("gap")) {
    return [say["blank"] ?? ""];
  }
  if (looks.contains("off")) {
    return [say["none"] ?? ""];
  }
  const said = [(say["hours"] ?? "").replace("{n}", link.firstChild?.textContent ?? "")];
  const add = (holds: boolean, word = ""): unknown => holds && said.push(word);
  add(looks.contains("late"), say["late"]);
  add(looks.contains("special"), say["special"]);
  add(cell.hasAttribute("data-entries"), say["several"]?.replace("{n}", cell.dataset["entries"] ?? ""));
  return said;
}

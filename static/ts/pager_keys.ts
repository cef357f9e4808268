// Links with a key, such as PgUp and PgDn for the previous and the next person: `data-key` names the key.

export function startPagerKeys(): void {
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, summary, [role=grid]");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) {
      return;
    }
    const link = document.querySelector<HTMLAnchorElement>(`a[data-key="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      location.assign(link.href);
    }
  });
}

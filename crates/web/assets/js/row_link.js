// A click anywhere in a row of a listing follows the link in its heading cell.
export function followRows() {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.target.closest("a, button, input, label, select, summary")) return;
    if (String(window.getSelection())) return;
    const row = event.target.closest(".listing-table tbody tr");
    const link = row?.querySelector("th a[href]");
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });
}

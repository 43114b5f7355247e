// The button that prints the page; without scripts the browser's own menu does, and the button is not shown.
export function printPage() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}

// One box ticks all boxes of the name it gives in data-select-all.
export function selectAll() {
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.selectAll;
    if (!name) return;
    for (const box of event.target.form?.elements ?? []) {
      if (box.name === name) box.checked = event.target.checked;
    }
  });
}

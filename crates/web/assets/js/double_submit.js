// Stops a second press of the same button; the server stays the one that guarantees it.
const QUIET_MS = 4000;

export function guardDoubleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, QUIET_MS);
  });
}

// Moves the focus to the error summary when a form comes back with mistakes.
export function focusErrors() {
  const focus = () => document.querySelector("main > .errors")?.focus();
  focus();
  document.addEventListener("htmx:afterSettle", focus);
}

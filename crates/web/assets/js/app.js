// What every page loads: htmx, and small behaviours that only make a working page smoother.
// Nothing here is needed: links have href, forms have action and method, menus are <details>.
import htmx from "htmx.org";
import { focusErrors } from "./focus_errors.js";
import { guardDoubleSubmit } from "./double_submit.js";
import { printPage } from "./print_page.js";
import { followRows } from "./row_link.js";
import { selectAll } from "./select_all.js";

// The content security policy forbids inline styles and eval, and pages must not stay in a shared computer's storage.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

// An answer that is no piece of this page (signed out, gone, failed) is shown whole, by loading the page again.
document.addEventListener("htmx:responseError", () => window.location.reload());
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.responseURL && /^\s*<!doctype/i.test(event.detail.serverResponse)) {
    event.detail.shouldSwap = false;
    window.location.assign(event.detail.xhr.responseURL);
  }
});

focusErrors();
guardDoubleSubmit();
followRows();
printPage();
selectAll();

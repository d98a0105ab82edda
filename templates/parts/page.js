"use strict";
// The page reads well without this: it only tells browsers and readers of the language that was taken, and opens what
// a link points into.
(() => {
  const choices = document.querySelectorAll('input[name="language"]');
  const take = (choice) => {
    document.documentElement.lang = choice.value;
    const shown = document.querySelector(`.${choice.id}[data-title]`);
    if (shown) document.title = shown.dataset.title;
    document.dispatchEvent(new Event("language"));
  };
  for (const choice of choices) {
    choice.addEventListener("change", () => take(choice));
    if (choice.checked) take(choice);
  }
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let above = target; above; above = above.parentElement) {
      if (above.tagName === "DETAILS") above.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
})();

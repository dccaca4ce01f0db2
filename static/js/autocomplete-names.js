// Select2 shows what is chosen in a box without a name of its own: give it the field's, whenever such a box comes.
"use strict";
(() => {
  const nameBoxes = () => {
    for (const field of document.querySelectorAll("select.admin-autocomplete")) {
      const box = field.parentElement.querySelector(".select2-selection__rendered:not([aria-label])");
      if (box) box.setAttribute("aria-label", field.dataset.placeholder);
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    nameBoxes();
    new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
  });
})();

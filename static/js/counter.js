// Says how many characters are left near the limit of a long text. Without scripts the form says so when it is sent.
(() => {
  const near = 1000;
  for (const field of document.querySelectorAll("textarea[data-longest]")) {
    const longest = Number(field.dataset.longest);
    const words = { left: field.dataset.left, over: field.dataset.over };
    const said = document.createElement("p");
    said.className = "p-small p-counter";
    said.setAttribute("role", "status");
    field.after(said);
    const format = new Intl.NumberFormat(document.documentElement.lang || "nb");
    let waits;
    const say = () => {
      const left = longest - field.value.length;
      const text = left < 0 ? words.over : words.left;
      said.textContent = left > near ? "" : text.replace("#", format.format(Math.abs(left)));
      said.toggleAttribute("data-over", left < 0);
    };
    field.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(say, 400); });
    say();
  }
})();

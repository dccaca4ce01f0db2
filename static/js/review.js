// The review of a plan document: presses answer in place, rows show in the text, keys in the list. All works without.
(() => {
  const root = () => document.querySelector("[data-review]");
  if (!root()) return;
  const said = document.querySelector("[data-announce]");
  const rows = () => [...root().querySelectorAll(".p-ir[id], .p-irc")].filter((row) => row.checkVisibility());
  const linkOf = (row) => row?.querySelector("a[id^=t]");
  const rowAt = (element) => element?.closest(".p-ir[id], .p-irc");
  let busy = false;

  const showMarked = () => {
    const pane = root().querySelector("#tekst"), marked = pane?.querySelector("[data-here]");
    if (marked) pane.scrollTop = marked.offsetTop - pane.querySelector(".p-doc__head").offsetHeight - 60;
  };
  const dress = () => {
    const help = root().querySelector("[data-keys]");
    if (help) help.hidden = false;
    showMarked();
  };

  // Puts a fetched page in the place of this one; whoever stood at a row stands where she stood.
  const swap = (html, address, stays) => {
    const page = new DOMParser().parseFromString(html, "text/html"), next = page.querySelector("[data-review]");
    if (!next) return false;
    const opened = new Set([...root().querySelectorAll(".p-irg > details[open]")].map((one) => one.parentElement.id));
    const top = rowAt(document.activeElement)?.getBoundingClientRect().top;
    root().replaceWith(next);
    for (const id of opened) document.querySelector(`#${id} > details`)?.setAttribute("open", "");
    history.replaceState(null, "", address);
    dress();
    // a press that decided the last row leads to the button that makes the plan
    const all = stays.length > 1 && next.querySelector("[data-done]") ? [] : stays;
    const row = all.map((id) => document.getElementById(id)).find((one) => one?.checkVisibility());
    if (row) {
      linkOf(row)?.focus({ preventScroll: true });
      if (top !== undefined) window.scrollBy(0, row.getBoundingClientRect().top - top);
    } else document.getElementById("melding")?.querySelector("a, button")?.focus();
    said.textContent = [...next.querySelectorAll("[data-said] > p")].map((one) => one.textContent).join(" ");
    return true;
  };

  const press = async (form, button) => {
    if (busy) return;
    busy = true;
    const all = rows(), row = rowAt(button), at = all.indexOf(row);
    const goesOn = ["godta", "utelat", "behold"].includes(button.name);
    const ids = [goesOn ? all[at + 1]?.id : row?.id, row?.id, all[at - 1]?.id].filter(Boolean);
    const data = new FormData(form);
    data.append(button.name, button.value);
    try {
      const answer = await fetch(location.pathname + location.search, { method: "POST", body: data });
      if (!answer.ok || !swap(await answer.text(), answer.url, ids)) location.assign(answer.url);
    } catch {
      location.reload();
    } finally {
      busy = false;
    }
  };

  // Shows another row's lines in the text without loading the page anew; the row's own details come with the next load.
  const show = async (row) => {
    const pane = root().querySelector("#tekst");
    if (!pane?.checkVisibility()) return;
    const key = row.id.replace("rad-", "");
    const answer = await fetch(`${root().dataset.text}?rad=${key}`, { headers: { "X-Requested-With": "review" } });
    if (!answer.ok) return;
    pane.innerHTML = await answer.text();
    for (const one of root().querySelectorAll("[data-chosen]")) one.removeAttribute("data-chosen");
    row.setAttribute("data-chosen", "");
    showMarked();
  };
  const choose = async (link) => {
    const answer = await fetch(link.href);
    if (!answer.ok || !swap(await answer.text(), link.href, [rowAt(link).id])) location.assign(link.href);
  };
  let waits;
  const goTo = (row) => {
    linkOf(row)?.focus();
    clearTimeout(waits);
    waits = setTimeout(() => show(row), 150);
  };

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.id !== "liste" || !button?.name || button.form !== event.target) return;
    event.preventDefault();
    press(event.target, button);
  });
  document.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("[data-review] a");
    if (!link) return;
    if (link.matches(".p-ir[id] > a[id], .p-irc__title > a")) {
      event.preventDefault();
      choose(link).catch(() => location.assign(link.href));
    } else if (link.matches("[data-stretch]")) {
      event.preventDefault();
      const asked = new URL(link.href).searchParams;
      const address = `${root().dataset.text}?${asked}`;
      const answer = await fetch(address, { headers: { "X-Requested-With": "review" } });
      if (answer.ok) root().querySelector("#tekst").innerHTML = await answer.text();
    }
  });

  const named = { g: "[name=godta]", u: "[name=utelat]", z: "[name=angre], [name=ta-tilbake]" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const here = event.target, list = here.closest?.("#liste");
    if (!list || here.matches("input, textarea, select")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key, row = rowAt(here), all = rows();
    let done = true;
    if (key === "j" || key === "ArrowDown" && row) goTo(all[row ? Math.min(all.indexOf(row) + 1, all.length - 1) : 0]);
    else if (key === "k" || key === "ArrowUp" && row) goTo(all[Math.max(all.indexOf(row) - 1, 0)]);
    else if (key === "?") {
      const help = list.querySelector("[data-keys]");
      help.open = !help.open;
      help.querySelector("summary").focus();
    } else if (named[key] && row) row.querySelector(named[key])?.click();
    else if ("efs".includes(key) && row) {
      const way = row.querySelector(`a[data-key="${key}"]`), deed = { e: "endre", f: "flytt", s: "sla-sammen" }[key];
      location.assign(way?.href ?? `${location.pathname}rad/${row.id.replace("rad-", "")}/?gjor=${deed}`);
    } else done = false;
    if (done) event.preventDefault();
  });
  dress();
})();

// Saves a shared draft quietly some seconds after one stops typing. Without scripts the button does it.
(() => {
  const form = document.querySelector("form[data-quiet]");
  const said = document.getElementById("lagret");
  if (!form || !said) return;
  const { text, may_publish: web, seen } = form.elements;
  const pause = 4000;
  let kept, waits, busy = false, stopped = false, pressed = null;
  const now = () => JSON.stringify([text.value, web.checked]);
  const say = (words, isFault) => {
    said.textContent = words;
    said.toggleAttribute("data-fault", isFault);
    if (isFault) said.setAttribute("role", "alert"); else said.removeAttribute("role");
  };
  const send = async () => {
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "text", "seen", "sent"]) data.set(name, form.elements[name].value);
    if (web.checked) data.set("may_publish", "on");
    data.set("do", "quiet");
    const answer = await fetch(form.action, { method: "POST", body: data, redirect: "error" });
    const isOurs = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    return { ok: answer.ok, status: answer.status, ...(isOurs ? await answer.json() : {}) };
  };
  const save = async () => {
    const typed = now();
    if (busy || stopped || typed === kept) return;
    busy = true;
    let got = {};
    try { got = await send(); } catch { got = {}; }
    busy = false;
    if (got.ok && got.seen) {
      seen.value = got.seen;
      kept = typed;
      say(`${got.said}.`, false);
    } else {
      stopped = got.status === 409;
      say(got.said || form.dataset.quiet, true);
    }
    if (pressed) { const button = pressed; pressed = null; form.requestSubmit(button); } else if (now() !== kept && !stopped) plan();
  };
  const plan = () => { clearTimeout(waits); waits = setTimeout(save, pause); };
  kept = now();
  form.addEventListener("input", (event) => { if (event.target === text || event.target === web) plan(); });
  form.addEventListener("submit", (event) => {
    clearTimeout(waits);
    if (busy) { event.preventDefault(); pressed = event.submitter; }
  });
})();

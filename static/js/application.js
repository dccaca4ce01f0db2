// Saves a step of an application some seconds after one stops typing, computes the sums as one types, and shows the
// questions that hang on an answer. Without scripts the buttons do all of it, and the server computes the same sums.
"use strict";
(() => {
  const form = document.getElementById("soknad");
  if (!form) return;
  const said = document.getElementById("lagret");
  const list = document.getElementById("mangelliste");
  const balance = document.getElementById("balanse");
  const pause = 2500;
  const tenths = new Intl.NumberFormat("nb-NO", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const nok = new Intl.NumberFormat("nb-NO", { maximumFractionDigits: 0 });
  const kroner = (amount) => `kr\u00a0${nok.format(amount).replace(/\s/g, "\u00a0")}`;
  let kept, waits, busy = false, stopped = false, pressed = null;

  // ---- what hangs on an answer ----
  const conditional = () => {
    for (const part of document.querySelectorAll("[data-if]")) {
      const boxes = [...form.querySelectorAll(`[name="${part.dataset.if}"]`)];
      const chosen = boxes.find((box) => (box.type === "radio" ? box.checked : true));
      const parent = boxes[0]?.closest("[data-if]");
      const is = (chosen?.value || "").toLowerCase() === part.dataset.is.toLowerCase();
      part.hidden = !is || Boolean(parent && parent !== part && parent.hidden);
    }
  };

  // ---- sums ----
  const read = (text) => {
    const plain = text.replace(/\s/g, "").replace(/^kr\.?|kr\.?$|,-$|,0{1,2}$/gi, "").replace(/\./g, "");
    return /^\d{1,12}$/.test(plain) ? Number(plain) : 0;
  };
  const hours = (text) => Number(text.replace(/\s/g, "").replace(",", ".")) || 0;
  const value = (name) => form.elements[name]?.value || "";
  const amounts = (name, kind) => {
    const found = [];
    for (let n = 0; form.elements[`${name}-${n}-${kind}`]; n += 1) {
      const what = value(`${name}-${n}-${kind}`);
      let amount = read(value(`${name}-${n}-amount`));
      const rate = Number(document.getElementById("kostnader")?.dataset.rate || 0);
      if (name === "cost" && what === "own_work" && rate && value(`cost-${n}-hours`).trim()) {
        amount = Math.floor(hours(value(`cost-${n}-hours`)) * rate);
      }
      const sum = document.getElementById(`${name}-${n}-sum`);
      if (sum) sum.textContent = kroner(amount);
      found.push([what, amount]);
    }
    return found;
  };
  const inAll = (rows, kind) => rows.reduce((sum, [what, amount]) => sum + (!kind || what === kind ? amount : 0), 0);
  const compute = () => {
    if (!balance) return;
    const costs = amounts("cost", "kind"), payers = amounts("money", "payer");
    const cost = inAll(costs), paid = inAll(payers);
    const fund = inAll(payers, "fund"), others = inAll(payers, "public"), work = inAll(payers, "own_work");
    document.getElementById("sum-kost").textContent = kroner(cost);
    document.getElementById("sum-penger").textContent = kroner(paid);
    const bars = balance.querySelectorAll("rect"), scale = Math.max(cost, paid, 1);
    let x = 0;
    [cost, fund, others, work, paid - fund - others - work].forEach((amount, n) => {
      if (!bars[n]) return;
      bars[n].setAttribute("x", `${n ? (x * 100) / scale : 0}%`);
      bars[n].setAttribute("width", `${Math.max((amount * 100) / scale - 0.3, 0)}%`);
      if (n) x += amount;
    });
    const alert = balance.querySelector(".ds-alert"), words = balance.dataset;
    if (cost || paid) {
      const gap = cost - paid;
      alert.dataset.color = gap ? "warning" : "success";
      alert.textContent = gap ? (gap > 0 ? words.short : words.over).replace("#", kroner(Math.abs(gap))) : words.equal;
    }
    const sums = { cost, fund, public: others, work, rest: paid - fund - others - work };
    for (const shown of balance.querySelectorAll("[data-sum]")) shown.textContent = kroner(sums[shown.dataset.sum]);
    const share = (part) => (cost ? `${tenths.format((part * 100) / cost)}\u00a0%` : "");
    const shown = balance.querySelectorAll("[data-share]");
    if (shown.length === 2) {
      shown[0].textContent = `${kroner(fund + others)} = ${share(fund + others)}.`;
      shown[1].textContent = `${kroner(paid - fund - others)} = ${share(paid - fund - others)}.`;
    }
  };

  // ---- saving ----
  const now = () => {
    const data = new FormData(form);
    data.delete("seen");
    return JSON.stringify([...data.entries()]);
  };
  const say = (words, isFault) => {
    if (!said) return;
    said.hidden = false;
    said.toggleAttribute("data-fault", isFault);
    said.lastElementChild.textContent = words;
    if (isFault) said.setAttribute("role", "alert"); else said.removeAttribute("role");
  };
  const send = async () => {
    const data = new FormData(form);
    data.set("do", "quiet");
    const answer = await fetch(form.dataset.save, {
      method: "POST", body: data, redirect: "error", headers: { Accept: "application/json" },
    });
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
      form.elements.seen.value = got.seen;
      kept = typed;
      say(got.said, false);
      if (list && got.missing) list.innerHTML = got.missing;
      if (balance && got.balance && now() === kept) balance.innerHTML = got.balance;
    } else {
      stopped = got.status === 409;
      say(got.said || form.dataset.fault, true);
    }
    if (pressed) { const button = pressed; pressed = null; form.requestSubmit(button); } else if (now() !== kept && !stopped) plan();
  };
  const plan = () => { clearTimeout(waits); waits = setTimeout(save, pause); };

  conditional();
  for (const part of document.querySelectorAll(".p-noscript")) part.remove();
  form.addEventListener("input", () => { conditional(); compute(); if (form.dataset.save) plan(); });
  if (!form.dataset.save) return;
  kept = now();
  form.addEventListener("submit", (event) => {
    clearTimeout(waits);
    if (busy) { event.preventDefault(); pressed = event.submitter; }
  });
  // A phone that is put away may never come back to the page: what is typed is sent at once.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !busy && !stopped && now() !== kept) save();
  });
})();

// Shows how far the reading of a plan document has come, and goes on when it is done. Without scripts a link asks.
(() => {
  const box = document.querySelector("[data-progress]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const said = box.querySelector("[data-said]");
  const pause = 1500, longest = 15000;
  let faults = 0;
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      const got = await answer.json();
      faults = 0;
      if (got.done) return location.replace(location.pathname);
      if (got.of) {
        bar.max = got.of;
        bar.value = got.read;
      }
      if (got.said) said.textContent = got.said;
    } catch {
      faults += 1;
      if (faults === 3) said.textContent = box.dataset.fault;
    }
    setTimeout(ask, Math.min(pause * (1 + faults), longest));
  };
  setTimeout(ask, pause);
})();

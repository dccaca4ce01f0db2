// Sends files as they are chosen, one by one, and shows how far each has come. Without scripts the button sends them.
(() => {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    const input = form.querySelector("input[type=file]");
    const button = form.querySelector("button");
    const status = form.querySelector(".p-uploads");
    button.hidden = true;
    const words = (kind, name) => form.dataset[kind].replace("#", name);
    const line = (text) => {
      const row = document.createElement("p");
      row.className = "p-small";
      row.textContent = text;
      status.append(row);
      return row;
    };
    const fault = (row, texts) => {
      row.textContent = texts.join(" ");
      row.className = "ds-validation-message";
      row.setAttribute("role", "alert");
    };
    const send = (file) => new Promise((done) => {
      const row = line(words("busy", file.name));
      const bar = document.createElement("progress");
      bar.max = 100;
      bar.value = 0;
      bar.setAttribute("aria-label", words("busy", file.name));
      row.after(bar);
      const data = new FormData(form);
      data.delete("fil");
      data.append("fil", file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-Requested-With", "upload");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = Math.round(event.loaded / event.total * 100);
      });
      const ends = () => {
        bar.remove();
        const said = request.response;
        const isOurs = said && Array.isArray(said.wrong);
        if (request.status === 200 && isOurs) row.textContent = words("done", file.name);
        else fault(row, isOurs && said.wrong.length ? said.wrong : [words("fault", file.name)]);
        done(request.status === 200 && isOurs);
      };
      for (const name of ["load", "error", "abort", "timeout"]) request.addEventListener(name, ends);
      request.send(data);
    });
    input.addEventListener("change", async () => {
      const chosen = [...input.files];
      if (!chosen.length) return;
      status.replaceChildren();
      input.disabled = true;
      let all = true;
      for (const file of chosen) all = await send(file) && all;
      input.disabled = false;
      input.value = "";
      if (all) location.replace(`${location.pathname}#${input.id}`), location.reload();
    });
  }
})();

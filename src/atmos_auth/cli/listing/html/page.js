(() => {
  "use strict";
  const SOON = 15 * 60;
  const MARKS = { valid: "\u25cf", soon: "\u25d0", expired: "\u25cb" };
  const rows = [...document.querySelectorAll("tr[data-entry]")];
  const nodes = new Map();
  for (const node of document.querySelectorAll(".node[data-entry]")) nodes.set(node.dataset.entry, node);

  // The time that is left, as long as the page is open.
  const span = (seconds) => {
    const hours = Math.floor(seconds / 3600), minutes = Math.floor((seconds % 3600) / 60);
    if (hours) return `${hours}h${minutes}m`;
    return minutes ? `${minutes}m${Math.floor(seconds % 60)}s` : `${Math.floor(seconds)}s`;
  };
  const say = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };
  const tick = () => {
    const now = Date.now() / 1000;
    for (const row of rows) {
      if (row.dataset.until === undefined) continue;
      const left = Number(row.dataset.until) - now;
      const state = left <= 0 ? "expired" : left < SOON ? "soon" : "valid";
      say(row.querySelector(".left"), left <= 0 ? "expired" : `${span(left)} left`);
      for (const shown of [row, nodes.get(row.dataset.entry)]) {
        if (!shown || shown.dataset.state === state) continue;
        shown.dataset.state = state;
        say(shown.querySelector(".mark"), MARKS[state]);
      }
    }
    for (const item of document.querySelectorAll(".tally [data-state]")) {
      if (!(item.dataset.state in MARKS)) continue;
      const number = rows.filter((row) => row.dataset.state === item.dataset.state).length;
      say(item.querySelector("b"), String(number));
      item.hidden = number === 0;
    }
  };

  // What is typed, and any of the tags that are pressed.
  const box = document.querySelector(".filter");
  const input = document.getElementById("filter");
  const buttons = [...document.querySelectorAll(".tags button")];
  const count = document.getElementById("count");
  const sift = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const tags = buttons.filter((button) => button.getAttribute("aria-pressed") === "true").map((button) => button.dataset.tag);
    let shown = 0;
    for (const row of rows) {
      const own = row.dataset.tags.split(" ");
      const fits = words.every((word) => row.dataset.text.includes(word)) && (!tags.length || tags.some((tag) => own.includes(tag)));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
      nodes.get(row.dataset.entry)?.classList.toggle("dim", !fits);
    }
    const sifted = words.length + tags.length > 0;
    document.querySelector(".chains").classList.toggle("sifted", sifted);
    for (const body of document.querySelectorAll("tbody")) {
      body.closest("section").hidden = [...body.rows].every((row) => row.hidden);
    }
    say(count, sifted ? `${shown} of ${rows.length} shown` : "");
  };
  if (box) {
    box.hidden = false;
    input.addEventListener("input", sift);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { input.value = ""; sift(); }
    });
    for (const button of buttons) {
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        sift();
      });
    }
    // A browser that comes back to the page may have kept what was typed.
    sift();
  }
  tick();
  setInterval(tick, 1000);
})();

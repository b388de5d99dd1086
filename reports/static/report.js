// What a script adds to a page that is whole without one: sorting, filtering, figures under the pointer.
"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  const add = (parent, tag, fields = {}) => parent.appendChild(Object.assign(document.createElement(tag), fields));

  // A column is sorted by its numbers, or by its words where it has none; what has no number comes last.
  const number = (text) => {
    if (/^never\b/.test(text)) return Infinity;
    const found = text.replace(/,/g, "").match(/-?\$?\d+(\.\d+)?/);
    return found ? parseFloat(found[0].replace("$", "")) : NaN;
  };
  const compare = (a, b) => {
    const [x, y] = [number(a), number(b)];
    if (Number.isNaN(x) && Number.isNaN(y)) return a.localeCompare(b);
    return Number.isNaN(x) ? 1 : Number.isNaN(y) ? -1 : x === y ? 0 : x - y;
  };
  for (const table of document.querySelectorAll("table")) {
    if (table.tBodies[0].rows.length < 2) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", order);
        const text = (row) => row.cells[column].textContent.trim();
        const rows = [...table.tBodies[0].rows].sort((a, b) => compare(text(a), text(b)));
        table.tBodies[0].append(...(order === "ascending" ? rows : rows.reverse()));
      });
    });
  }

  // Clients are shown and hidden in tables by their name, in charts by their colour.
  const clients = read("clients") ?? {};
  const tools = document.getElementById("tools");
  const hidden = new Set();
  const show = (name, is_shown) => {
    hidden[is_shown ? "delete" : "add"](name);
    for (const row of document.querySelectorAll("tr[data-client]"))
      if (row.dataset.client === name) row.hidden = !is_shown;
    const colour = clients[name];
    for (const mark of document.querySelectorAll(`figure:not(.of-kinds) :is([stroke="${colour}"], [fill="${colour}"])`))
      mark.style.display = is_shown ? "" : "none";
  };
  if (Object.keys(clients).length > 1) {
    for (const [name, colour] of Object.entries(clients)) {
      const label = add(tools, "label", { title: name });
      const box = add(label, "input", { type: "checkbox", checked: true });
      add(label, "span", { className: "swatch" }).style.background = colour;
      add(label, "span", { className: "name", textContent: name });
      box.addEventListener("change", () => show(name, box.checked));
    }
  }
  const incidents = [...document.querySelectorAll("section.incident")];
  if (incidents.length > 1) {
    const label = add(tools, "label", { className: "search", textContent: "scenario" });
    const search = add(label, "input", { type: "search", placeholder: "part of a name" });
    const nothing = add(tools, "span", { textContent: "no scenario has that in its name", hidden: true });
    for (const link of document.querySelectorAll("nav a"))
      link.addEventListener("click", () => {
        search.value = "";
        search.dispatchEvent(new Event("input"));
      });
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase();
      for (const each of incidents) each.hidden = !each.querySelector("h2").textContent.toLowerCase().includes(wanted);
      nothing.hidden = incidents.some((each) => !each.hidden);
    });
  }
  tools.hidden = tools.childElementCount === 0;

  // A chart that is wider than a phone is scrolled by keyboard, too.
  for (const figure of document.querySelectorAll("figure"))
    if (figure.scrollWidth > figure.clientWidth) figure.tabIndex = 0;

  // Over a chart of time: the figures of the place under the pointer, of every client that is shown.
  const told = (value, is_share) =>
    value === null || value === undefined ? "–" : is_share ? `${(value * 100).toFixed(1)}%` : value.toFixed(2);
  for (const figure of document.querySelectorAll("figure[data-hover]")) {
    const data = read(figure.dataset.hover);
    const widest = (path) => path.getBBox().width;
    const found = [...figure.querySelectorAll("svg path.background")];
    const width = Math.max(...found.map(widest)); // of a panel; legends are narrower, and layers lie on each other
    const tops = new Map();
    for (const path of found.filter((each) => widest(each) > width - 2 && each.getBBox().height > 10))
      tops.set(Math.round(path.getBoundingClientRect().top - figure.getBoundingClientRect().top), path);
    const plots = [...tops.entries()].sort(([a], [b]) => a - b).map(([, path]) => path);
    if (plots.length !== data.panels.length) continue;
    const cross = add(figure, "div", { className: "cross", hidden: true });
    const values = add(figure, "div", { className: "values", hidden: true });
    const leave = () => (cross.hidden = values.hidden = true);
    figure.addEventListener("pointerleave", leave);
    figure.addEventListener("pointermove", (event) => {
      const frame = figure.getBoundingClientRect();
      const boxes = plots.map((plot) => plot.getBoundingClientRect());
      const share = (event.clientX - boxes[0].left) / boxes[0].width;
      const panel = boxes.findIndex((box) => event.clientY >= box.top - 20 && event.clientY <= box.bottom + 20);
      if (share < 0 || share >= 1 || panel < 0) return leave();
      const place = data.edges.findIndex((edge) => edge > share * data.end) - 1;
      if (place < 0) return leave();
      const { title, is_share, series } = data.panels[panel];
      const shown = Object.entries(series).filter(([name]) => !hidden.has(name));
      const lines = shown.map(([name, found]) => `${told(found[place], is_share).padStart(8)}  ${name.slice(0, 40)}`);
      values.textContent = [`${data.edges[place]} to ${data.edges[place + 1]} s, ${title}`, ...lines].join("\n");
      cross.hidden = values.hidden = false;
      const x = event.clientX - frame.left + figure.scrollLeft;
      cross.style.left = `${x}px`;
      values.style.left = share < 0.6 ? `${x + 12}px` : "";
      values.style.right = share < 0.6 ? "" : `${figure.clientWidth - x + 12}px`;
    });
  }
})();

"use strict";
// Values where they are pointed at.
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);
const show = (mark, x, y) => {
  const title = mark.querySelector("title");
  if (title) mark.dataset.says = title.textContent, title.remove();
  tip.textContent = mark.dataset.says || "";
  tip.hidden = !tip.textContent;
  tip.style.left = Math.min(x + 14, window.innerWidth - tip.offsetWidth - 8) + "px";
  tip.style.top = Math.max(y - tip.offsetHeight - 10, 4) + "px";
};
for (const mark of document.querySelectorAll(".chart .mark, .chart .bar")) {
  mark.addEventListener("pointerenter", (event) => show(mark, event.clientX, event.clientY));
  mark.addEventListener("pointerleave", () => { tip.hidden = true; });
}
// Series that are hidden by the legend.
for (const item of document.querySelectorAll(".legend li")) {
  const figure = item.closest("figure");
  item.tabIndex = 0;
  item.setAttribute("role", "switch");
  item.setAttribute("aria-checked", "true");
  const toggle = () => {
    const off = item.classList.toggle("off");
    item.setAttribute("aria-checked", String(!off));
    for (const series of figure.querySelectorAll(`.chart [data-series="${item.dataset.series}"]`)) {
      series.classList.toggle("hidden", off);
    }
  };
  item.addEventListener("click", toggle);
  item.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") event.preventDefault(), toggle();
  });
}
// Tables that are sorted by a column.
const key = (row, column) => {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.textContent.trim();
  return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
};
const order = (one, other) => {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (one === "" || other === "") return (one === "") - (other === "");
  return String(one).localeCompare(String(other), "en");
};
for (const heading of document.querySelectorAll("table.sortable th")) {
  heading.tabIndex = 0;
  const sort = () => {
    const body = heading.closest("table").tBodies[0];
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const column = heading.cellIndex;
    const rows = [...body.rows].sort((one, other) => order(key(one, column), key(other, column)));
    body.append(...(down ? rows.reverse() : rows));
  };
  heading.addEventListener("click", sort);
  heading.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
}
document.documentElement.classList.add("scripted");

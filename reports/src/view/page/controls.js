// What one can do: buttons, keys, filters, search, the mouse; and the words beside the diagram.

// An element with attributes, handlers (`on…`) and children.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function button(label, title, act) {
  return make("button", { type: "button", title, "aria-label": title, onclick: act }, label);
}

// Most lanes whose state is listed beside the diagram.
const STATES_MAX = 120;
const AROUND_STEP = 5;

class Controls {
  constructor(view) {
    this.view = view;
  }

  // Builds everything inside the section of the page.
  build(section) {
    this.progress = make("p", { class: "note", role: "status" });
    this.overview = make("canvas", { role: "img", "aria-label": "The whole run; drag to choose what is seen" });
    this.moment = make("div", { class: "moment" });
    const [diagram, gantt] = [this.drawing("Space-time diagram. Left and right step, plus and minus zoom."),
      this.drawing("Executors and drivers of each worker over time")];
    gantt.scroller.classList.add("gantt");
    section.append(
      make("h2", {}, "What happened"),
      this.toolbar(), this.progress,
      make("div", { class: "overview" }, this.overview),
      this.stage = make("div", { class: "stage" }, diagram.scroller, make("aside", { "aria-label": "The moment" }, this.moment)),
      this.legend(),
      this.filters(),
      make("h2", {}, "Executors and drivers"), this.ganttNote = make("p", { class: "note" }), gantt.scroller,
    );
    this.listen(diagram.scroller);
    this.listenToOverview();
    return { diagram, gantt };
  }

  legend() {
    const entries = [["quiet", "heartbeats, look-ups, answers"], ["join", "workers and masters"], ["executor", "executors"],
      ["driver", "drivers"], ["application", "applications"], ["bad", "dashed: never arrived"], ["fault", "faults"]];
    return make("p", { class: "legend" }, ...entries.map(([colour, text]) =>
      make("span", {}, make("i", { style: `background: var(--${colour})` }), text)),
      make("span", {}, "12 ♥: heartbeats that are only counted"), make("span", {}, "✓ ✗ •: expectations and violations"));
  }

  drawing(label) {
    const canvas = make("canvas", { "aria-hidden": "true" });
    const spacer = make("div", { class: "spacer" }, canvas);
    const scroller = make("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": label }, spacer);
    scroller.addEventListener("scroll", () => this.view.redraw());
    return { canvas, spacer, scroller };
  }

  toolbar() {
    const { view } = this;
    this.find = make("input", {
      type: "search", id: "find", placeholder: "RegisterWorker, worker-2, …", autocomplete: "off",
      oninput: () => this.search(), onkeydown: (event) => this.keyInSearch(event),
    });
    this.found = make("span", { class: "found", role: "status" });
    return make("div", { class: "toolbar", role: "toolbar", "aria-label": "Steps and zoom" },
      make("span", { class: "group" },
        button("«", "First step (Home)", () => view.stepToEdge(-1)),
        button("◀", "Step back (left arrow)", () => view.step(-1)),
        button("▶", "Step forward (right arrow)", () => view.step(1)),
        button("»", "Last step (End)", () => view.stepToEdge(1))),
      make("span", { class: "group" },
        button("−", "Zoom out (-)", () => view.zoom(2)),
        button("+", "Zoom in (+)", () => view.zoom(0.5)),
        button("All", "Show the whole run (0)", () => view.showAll())),
      make("span", { class: "group" },
        button("‹ mark", "Previous expectation or violation (P)", () => view.jumpToMark(-1)),
        button("mark ›", "Next expectation or violation (N)", () => view.jumpToMark(1))),
      make("span", { class: "group" },
        make("label", { for: "find" }, "Search"), this.find,
        button("‹", "Previous match (Shift+Enter)", () => view.step(-1, view.steps.matches)),
        button("›", "Next match (Enter)", () => view.step(1, view.steps.matches)), this.found),
      make("details", { class: "keys" }, make("summary", {}, "Keys"), make("p", {},
        "← → step, Shift+← → ten steps, Home End first and last, + − zoom, 0 everything, [ ] move, N P next and previous mark, / search. ",
        "In the diagram: drag moves, Ctrl+wheel zooms, double-click zooms in, click chooses.")));
  }

  filters() {
    const { view } = this;
    this.nodes = make("input", {
      type: "search", id: "nodes", placeholder: "worker-1, master", autocomplete: "off",
      oninput: () => { view.rows.text = this.nodes.value; view.filtersChanged(); },
    });
    this.roles = make("span", { class: "choices" });
    this.kinds = make("div", { class: "choices kinds" });
    return make("details", { class: "filters" }, make("summary", {}, "Filter nodes and messages"),
      make("p", {}, make("label", { for: "nodes" }, "Nodes whose name has "), this.nodes, " ", this.roles),
      make("p", {}, this.choice("notable events", true, (on) => { view.steps.showsEvents = on; }), " ",
        this.choice("bookkeeping", false, (on) => { view.steps.showsDetails = on; })),
      make("p", {}, "Messages: ", button("all", "Show all kinds of messages", () => this.chooseKinds(true)), " ",
        button("none", "Show no messages", () => this.chooseKinds(false))),
      this.kinds);
  }

  // A box to tick, after which the filters apply.
  choice(label, isOn, change) {
    const tick = (event) => { change(event.target.checked); this.view.filtersChanged(); };
    return make("label", { class: "choice" }, make("input", { type: "checkbox", checked: isOn, onchange: tick }), ` ${label}`);
  }

  // Fills in the filters when everything is read.
  fillFilters() {
    const { view } = this;
    const { records, rows, steps } = view;
    const roles = new Set(records.lanes.map((lane) => lane.role));
    const put = (set, key) => (on) => { if (on) set.delete(key); else set.add(key); };
    this.roles.replaceChildren(...ROLES.filter(([role]) => roles.has(role))
      .map(([role, label]) => this.choice(label, !rows.hidden.has(role), put(rows.hidden, role))));
    const counts = new Uint32Array(records.run.kinds.length);
    for (let i = 0; i < records.count; i += 1) if (records.kind[i] === ARROW) counts[records.label[i]] += 1;
    const kinds = records.run.kinds.map(([way, name], kind) => ({ way, name, kind }))
      .filter(({ kind }) => counts[kind] > 0).sort((one, other) => counts[other.kind] - counts[one.kind]);
    this.kinds.replaceChildren(...kinds.map(({ name, kind }) =>
      this.choice(`${name} (${counts[kind].toLocaleString("en")})`, true, put(steps.hiddenKinds, kind))));
  }

  chooseKinds(isOn) {
    const { view } = this;
    view.steps.hiddenKinds = new Set(isOn ? [] : view.records.run.kinds.keys());
    for (const box of this.kinds.querySelectorAll("input")) box.checked = isOn;
    view.filtersChanged();
  }

  search() {
    this.view.steps.search(this.find.value);
    const count = this.view.steps.matches.length;
    this.found.textContent = this.find.value.trim() ? `${count.toLocaleString("en")} found` : "";
    this.view.redraw();
  }

  keyInSearch(event) {
    if (event.key === "Enter") this.view.step(event.shiftKey ? -1 : 1, this.view.steps.matches);
    else if (event.key === "Escape") event.target.blur();
  }

  // Keys anywhere in the page, except where one writes.
  key(event) {
    const { view } = this;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const acts = {
      ArrowLeft: () => view.step(-1, view.steps.list, event.shiftKey ? 10 : 1),
      ArrowRight: () => view.step(1, view.steps.list, event.shiftKey ? 10 : 1),
      Home: () => view.stepToEdge(-1), End: () => view.stepToEdge(1),
      "+": () => view.zoom(0.5), "=": () => view.zoom(0.5), "-": () => view.zoom(2), 0: () => view.showAll(),
      "[": () => view.pan(-0.5), "]": () => view.pan(0.5),
      n: () => view.jumpToMark(1), p: () => view.jumpToMark(-1), "/": () => this.find.focus(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  listen(scroller) {
    const { view } = this;
    let drag = null;
    document.addEventListener("keydown", (event) => this.key(event));
    scroller.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        view.zoom(event.deltaY > 0 ? 1.25 : 0.8, view.span.at(event.offsetX - LABEL_WIDTH));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        view.pan((event.deltaX || event.deltaY) / view.span.width);
      }
    }, { passive: false });
    const place = (event) => {
      const box = scroller.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    scroller.addEventListener("pointerdown", (event) => {
      if (event.target.tagName !== "CANVAS") return;
      drag = { x: event.clientX, moved: false };
    });
    window.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const by = event.clientX - drag.x;
      if (!drag.moved && Math.abs(by) < 4) return;
      drag = { x: event.clientX, moved: true };
      view.pan(-by / view.span.width);
    });
    window.addEventListener("pointerup", (event) => {
      if (drag && !drag.moved) view.choose(...place(event));
      drag = null;
    });
    scroller.addEventListener("dblclick", (event) => view.zoom(0.4, view.span.at(place(event)[0] - LABEL_WIDTH)));
  }

  listenToOverview() {
    const { view, overview } = this;
    const at = (event) => {
      const box = overview.getBoundingClientRect();
      return clamp((event.clientX - box.left) / box.width, 0, 1) * view.span.end;
    };
    let from = null;
    overview.addEventListener("pointerdown", (event) => {
      from = at(event);
      overview.setPointerCapture(event.pointerId);
    });
    overview.addEventListener("pointerup", (event) => {
      const to = at(event);
      if (from === null) return;
      const isDrag = Math.abs(to - from) > view.span.end / 200;
      const half = view.span.length / 2;
      if (isDrag) view.span.show(Math.min(from, to), Math.max(from, to));
      else view.span.show(to - half, to + half);
      from = null;
      view.redraw();
    });
  }

  // The words beside the diagram: the step, its neighbours, and each node's state.
  showMoment() {
    const { view } = this;
    const { records, steps, moment, rows } = view;
    const place = steps.placeAfter(steps.list, moment);
    const neighbours = Array.from(steps.around(moment, AROUND_STEP), (i) => {
      const item = button("", records.sentence(i), () => view.goTo(i));
      item.append(make("span", { class: "at" }, showInstant(records.at[i])), ` ${records.sentence(i)}`);
      item.setAttribute("aria-label", `${showInstant(records.at[i])} ${records.sentence(i)}`);
      return make("li", moment.record === i ? { class: "chosen", "aria-current": "step" } : {}, item);
    });
    const states = rows.lanes.slice(0, STATES_MAX).map((lane) => {
      const word = lane.wordAt(moment.at);
      return make("tr", {}, make("th", { scope: "row" }, lane.name),
        make("td", {}, make("span", { class: `state ${toneOf(word)}` }, word), ` ${lane.detailsAt(moment.at)}`));
    });
    const sentence = moment.record >= 0 ? records.sentence(moment.record) : "No step is chosen.";
    this.moment.replaceChildren(
      make("p", { class: "count" }, `${moment.record >= 0 ? "Step" : "After step"} ${place.toLocaleString("en")} of ${steps.list.length.toLocaleString("en")}`),
      make("p", { class: "instant" }, showInstant(moment.at, 1)),
      make("p", { class: "sentence", "aria-live": "polite" }, sentence),
      make("h3", {}, "Around it"), make("ol", { class: "around" }, ...neighbours),
      make("h3", {}, "States after this instant"), make("table", { class: "states" }, ...states),
      make("p", { class: "note" }, rows.lanes.length > STATES_MAX ? `${rows.lanes.length - STATES_MAX} more nodes; filter them to see theirs.` : ""));
  }

  // Density of what happens over the whole run, faults, marks, and what is seen.
  drawOverview() {
    const { view, overview } = this;
    const { records, span } = view;
    const [width, height] = [overview.parentElement.clientWidth, 46];
    const pen = prepare(overview, width, height);
    const densities = view.densities(Math.floor(width / 2));
    const most = Math.log(1 + densities.reduce((one, other) => Math.max(one, other), 1));
    const x = (at) => (Math.min(at, span.end) / span.end) * width;
    if (records.run.crowded !== null) {
      pen.fillStyle = palette.line;
      pen.fillRect(x(records.run.crowded), 0, width, height);
    }
    pen.fillStyle = palette.fault;
    pen.globalAlpha = 0.25;
    for (const fault of view.faults) pen.fillRect(x(fault.from), height - 8, Math.max(2, x(fault.to) - x(fault.from)), 6);
    pen.globalAlpha = 1;
    pen.fillStyle = palette.join;
    densities.forEach((count, place) => {
      if (count > 0) {
        const high = Math.max(1, (Math.log(1 + count) / most) * (height - 14));
        pen.fillRect(place * 2, height - 10 - high, 1.5, high);
      }
    });
    for (const mark of records.run.marks) {
      pen.fillStyle = mark.mark === "failed" ? palette.bad : mark.mark === "held" ? palette.good : palette.busy;
      pen.fillRect(x(mark.at) - 1, 0, 2, height - 10);
    }
    pen.strokeStyle = palette.accent;
    pen.lineWidth = 2;
    pen.strokeRect(x(span.from) + 1, 1, Math.max(3, x(span.to) - x(span.from) - 2), height - 2);
    pen.fillStyle = palette.accent;
    pen.fillRect(x(view.moment.at) - 0.5, 0, 1, height);
  }
}

// The view: what is seen of the run, the moment that is looked at, and how both change.

class View {
  constructor(run) {
    this.records = new Records(run);
    this.span = new Span(run.end);
    this.rows = new Rows(this.records);
    this.steps = new Steps(this);
    this.moment = { at: 0, record: -1 };
    this.faults = [];
    this.faultRows = 0;
    this.isAwaited = false;
    this.controls = new Controls(this);
  }

  // Until when states are known: to the end, unless the page had no room.
  get knownUntil() {
    return this.records.run.crowded ?? this.span.end;
  }

  start(section) {
    section.hidden = false;
    readPalette();
    const { diagram, gantt } = this.controls.build(section);
    this.diagram = new Diagram(this, diagram.canvas, diagram.scroller, diagram.spacer);
    this.gantt = new Gantt(this, gantt.canvas, gantt.scroller, gantt.spacer);
    this.linkJudgements();
    new ResizeObserver(() => this.redraw()).observe(section);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    window.addEventListener("beforeprint", () => { document.documentElement.dataset.print = ""; this.recolour(); this.drawNow(); });
    window.addEventListener("afterprint", () => { delete document.documentElement.dataset.print; this.recolour(); });
    let shown = -Infinity;
    return new Promise((resolve) => {
      readChunks(this.records, (share) => {
        this.controls.progress.textContent = `Reading the run: ${Math.round(100 * share)} %`;
        if (performance.now() < shown + 500) return;
        this.arrange();
        this.drawNow();
        shown = performance.now();
      }, () => { this.ready(); resolve(); });
    });
  }

  // Everything is read.
  ready() {
    const { records, controls } = this;
    controls.progress.textContent = "";
    this.rows.begin();
    controls.fillFilters();
    this.arrange();
    if (this.steps.list.length > 0) this.moment = { at: records.at[this.steps.list[0]], record: this.steps.list[0] };
    const { window: chosen, end } = records.run;
    if (chosen) this.span.show(chosen[0], Math.min(chosen[1], end));
    const mark = records.run.marks.find((one) => one.mark === "failed");
    if (mark) this.jumpTo(mark.at);
    controls.showMoment();
    this.drawNow();
  }

  arrange() {
    this.rows.arrange();
    this.steps.filter();
    this.arrangeFaults();
    this.gantt.arrange();
    const count = this.gantt.groups.length;
    this.gantt.scroller.hidden = count === 0;
    this.controls.ganttNote.textContent = count === 0 ? "No worker ran an executor or a driver."
      : "A light bar begins with the launch and its lower edge with the start of the process. A cross: it did not end by itself with exit code 0.";
  }

  // Faults that overlap go below each other.
  arrangeFaults() {
    const ends = [];
    const names = new Set(this.records.lanes.map((lane) => lane.name));
    this.faults = this.records.faults.map((fault) => {
      const free = ends.findIndex((end) => end <= fault.from);
      const level = free < 0 ? ends.length : free;
      ends[level] = fault.to;
      const text = this.records.run.faults[fault.row] ?? "";
      const named = text.split(/[\s,|]+/).filter((word) => names.has(word));
      return { ...fault, level, text: `${fault.row + 1}: ${text}`, names: new Set(named) };
    });
    this.faultRows = Math.min(FAULT_ROWS, ends.length);
  }

  // How many records there are in each of so many parts of the run.
  densities(parts) {
    const { records, span } = this;
    if (this.counted?.parts === parts && this.counted.count === records.count) return this.counted.densities;
    const densities = new Uint32Array(parts);
    for (let i = 0; i < records.count; i += 1) {
      densities[Math.min(parts - 1, Math.floor((records.at[i] / span.end) * parts))] += 1;
    }
    this.counted = { parts, count: records.count, densities };
    return densities;
  }

  redraw() {
    if (this.isAwaited) return;
    this.isAwaited = true;
    requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    this.isAwaited = false;
    this.diagram.draw();
    this.gantt.draw();
    this.controls.drawOverview();
  }

  recolour() {
    readPalette();
    this.redraw();
  }

  filtersChanged() {
    this.arrange();
    this.controls.search();
    this.controls.showMoment();
    this.redraw();
  }

  zoom(factor, at) {
    const { moment, span } = this;
    const isSeen = moment.record >= 0 && moment.at >= span.from && moment.at <= span.to;
    span.zoom(factor, at ?? (isSeen ? moment.at : undefined));
    this.redraw();
  }

  pan(share) {
    this.span.pan(share);
    this.redraw();
  }

  showAll() {
    this.span.showAll();
    this.redraw();
  }

  step(direction, list = this.steps.list, times = 1) {
    for (let n = 0; n < times; n += 1) {
      const next = this.steps.neighbour(list, this.moment, direction);
      if (next < 0) break;
      this.moment = { at: this.records.at[next], record: next };
    }
    this.showStep();
  }

  stepToEdge(direction) {
    const { list } = this.steps;
    if (list.length > 0) this.goTo(list[direction > 0 ? list.length - 1 : 0]);
  }

  goTo(record) {
    this.moment = { at: this.records.at[record], record };
    this.showStep();
  }

  // Goes to the last step at or before an instant.
  jumpTo(at) {
    this.moment = { at, record: -1 };
    const place = this.steps.placeAfter(this.steps.list, this.moment);
    this.moment = { at, record: place > 0 && this.records.at[this.steps.list[place - 1]] === at ? this.steps.list[place - 1] : -1 };
    const half = Math.min(this.span.length, this.span.end / 8) / 2;
    this.span.show(at - half, at + half);
    this.showStep();
  }

  jumpToMark(direction) {
    const instants = this.records.run.marks.map((mark) => mark.at).sort((one, other) => one - other);
    const { at } = this.moment;
    const next = direction > 0 ? instants.find((one) => one > at) : instants.findLast((one) => one < at);
    if (next !== undefined) this.jumpTo(next);
  }

  showStep() {
    this.span.reveal(this.moment.at);
    this.scrollTo(this.moment.record);
    this.controls.showMoment();
    this.redraw();
  }

  // Scrolls the lanes so that a record is seen.
  scrollTo(record) {
    const { scroller } = this.diagram;
    const row = record < 0 || this.records.lane[record] < 0 ? -1 : this.rows.rowOf[this.records.lane[record]];
    if (row < 0) return;
    const y = this.diagram.laneY(row);
    if (y < this.diagram.top + 20 || y > scroller.clientHeight - 20) {
      scroller.scrollTop += y - scroller.clientHeight / 2;
    }
  }

  // Chooses what is at a place of the diagram: a record, or an instant.
  choose(x, y) {
    if (x < LABEL_WIDTH) return;
    const record = this.diagram.nearest(x, y);
    if (record >= 0) return this.goTo(record);
    this.moment = { at: clamp(this.span.at(x - LABEL_WIDTH), 0, this.knownUntil), record: -1 };
    this.controls.showMoment();
    this.redraw();
  }

  // Each line about an expectation or a violation becomes a way to its instant.
  linkJudgements() {
    const lines = Array.from(document.querySelectorAll("#judgements li:not(.evidence)"));
    this.records.run.marks.forEach((mark, place) => {
      if (place < lines.length) {
        lines[place].append(" ", button("show", `Show ${showInstant(mark.at)} in the diagram`, () => {
          this.jumpTo(mark.at);
          document.getElementById("view").scrollIntoView({ block: "nearest" });
        }));
      }
    });
  }
}

const view = new View(JSON.parse(document.getElementById("run").textContent));
const isReady = view.start(document.getElementById("view"));

// What tests of the page look at.
window.deploysim = {
  ready: isReady.then(() => performance.now()),
  drawn: () => { view.drawNow(); return { ...view.diagram.drawn, bars: view.gantt.bars }; },
  count: () => view.records.count,
  steps: () => view.steps.list.length,
  lanes: () => view.rows.lanes.length,
  moment: () => ({ ...view.moment, sentence: view.moment.record < 0 ? "" : view.records.sentence(view.moment.record) }),
  span: () => ({ from: view.span.from, to: view.span.to }),
  redrawn: () => { const began = performance.now(); view.drawNow(); return performance.now() - began; },
};

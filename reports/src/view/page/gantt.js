// The Gantt chart: what each worker runs over time, a bar per executor and driver.

const BAR_HEIGHT = 15;
const GROUP_GAP = 5;

class Gantt {
  constructor(view, canvas, scroller, spacer) {
    Object.assign(this, { view, canvas, scroller, spacer });
    this.groups = [];
    this.bars = 0;
  }

  // Puts the children of each worker into as few rows as they need.
  arrange() {
    const { records, rows } = this.view;
    const groups = new Map();
    for (const lane of records.lanes) {
      if (lane.parent < 0 || !this.isWanted(lane, rows)) continue;
      if (!groups.has(lane.parent)) groups.set(lane.parent, []);
      groups.get(lane.parent).push(...barsOf(lane, this.view.knownUntil));
    }
    this.groups = [];
    let y = AXIS_HEIGHT + 4;
    for (const [parent, bars] of [...groups].sort((one, other) => one[0] - other[0])) {
      bars.sort((one, other) => one.from - other.from);
      const ends = [];
      for (const bar of bars) {
        const free = ends.findIndex((end) => end <= bar.from);
        bar.row = free < 0 ? ends.length : free;
        ends[bar.row] = bar.to;
      }
      const height = ends.length * BAR_HEIGHT;
      this.groups.push({ lane: records.lanes[parent], bars, y, height });
      y += height + GROUP_GAP;
    }
    this.height = y + 4;
  }

  // A child is shown with its worker, whether or not its own lane is.
  isWanted(lane, rows) {
    return rows.isSeen(lane.parent) || rows.isSeen(lane.id);
  }

  draw() {
    const { span } = this.view;
    const [width, height] = [this.scroller.clientWidth, Math.min(this.height + 2, 420)];
    this.scroller.style.height = `${height}px`;
    this.spacer.style.height = `${Math.max(height - 2, this.height)}px`;
    const pen = prepare(this.canvas, width, height);
    this.bars = 0;
    const scrolled = this.scroller.scrollTop;
    pen.save();
    pen.beginPath();
    pen.rect(0, AXIS_HEIGHT, width, height);
    pen.clip();
    drawAxis(pen, span, height);
    this.groups.forEach((group, place) => {
      const y = group.y - scrolled;
      if (y + group.height >= 0 && y <= height) this.drawGroup(pen, group, place, y);
    });
    coverUnknown(pen, span, this.view.records.run.crowded, AXIS_HEIGHT, height);
    pen.restore();
    drawAxis(pen, span, AXIS_HEIGHT);
    drawCursor(pen, span, this.view.moment.at, height);
  }

  drawGroup(pen, group, place, y) {
    const { span } = this.view;
    if (place % 2 === 1) {
      pen.fillStyle = palette.stripe;
      pen.fillRect(0, y - 2, LABEL_WIDTH + span.width, group.height + 4);
    }
    pen.font = FONT;
    pen.textBaseline = "middle";
    pen.fillStyle = palette.text;
    pen.fillText(fitted(pen, group.lane.name, LABEL_WIDTH - 16), 12, y + Math.min(group.height, BAR_HEIGHT) / 2);
    pen.save();
    pen.beginPath();
    pen.rect(LABEL_WIDTH, y, span.width, group.height);
    pen.clip();
    for (const bar of group.bars) {
      if (bar.to >= span.from && bar.from <= span.to) this.drawBar(pen, bar, y + bar.row * BAR_HEIGHT);
    }
    pen.restore();
  }

  drawBar(pen, bar, y) {
    const { span } = this.view;
    const x = (at) => LABEL_WIDTH + span.x(at);
    const [from, to] = [x(bar.from), x(bar.to)];
    const colour = bar.lane.role === "driver" ? palette.driver : palette.executor;
    this.bars += 1;
    pen.fillStyle = colour;
    pen.globalAlpha = 0.35;
    pen.fillRect(from, y + 2, Math.max(2, to - from - 1), BAR_HEIGHT - 4);
    pen.globalAlpha = 1;
    const began = x(Math.min(bar.started, bar.to));
    pen.fillRect(began, y + BAR_HEIGHT - 4, Math.max(1, to - began - 1), 2);
    pen.fillRect(from, y + 2, 2, BAR_HEIGHT - 4);
    if (bar.how && bar.how !== "exit 0") drawCross(pen, to - 4, y + BAR_HEIGHT / 2, palette.bad);
    pen.font = SMALL_FONT;
    pen.textBaseline = "middle";
    pen.fillStyle = palette.text;
    const left = Math.max(from, LABEL_WIDTH) + 5;
    const right = Math.min(to, LABEL_WIDTH + span.width);
    if (right - left > 24) pen.fillText(fitted(pen, bar.lane.name.replace(/^executor:/, ""), right - left - 8), left, y + BAR_HEIGHT / 2);
  }
}

// The lives of a child: from its launch, over its start, to its end and how that came.
function barsOf(lane, end) {
  const bars = [];
  let open = null;
  lane.words.forEach((word, i) => {
    const at = lane.times[i];
    if (word === "ENDED") {
      if (open) bars.push({ ...open, to: at, how: lane.details[i] });
      open = null;
    } else {
      open ??= { lane, from: at, started: Infinity };
      if (word !== "STARTING") open.started = Math.min(open.started, at);
    }
  });
  if (open) bars.push({ ...open, to: end, how: "" });
  return bars;
}

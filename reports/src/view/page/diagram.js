// The space-time diagram: lanes from left to right, messages as arrows between them, faults as
// bands. Only what is seen is drawn; where that is too much, arrows become densities.

const LANE_HEIGHT = 34;
const AXIS_HEIGHT = 22;
const MARKS_HEIGHT = 14;
const FAULT_HEIGHT = 16;
const FAULT_ROWS = 3;

// More arrows than this are drawn as densities; more than the second have no names; heartbeats,
// look-ups and answers have names only up to the third.
const ARROWS_MAX = 6000;
const NAMED_MAX = 150;
const QUIET_NAMED_MAX = 40;

// Counts of heartbeats are told for at least so many pixels.
const FOLD_WIDTH = 90;

const MARK_SIGNS = { held: "✓", failed: "✗", noted: "•" };

class Diagram {
  constructor(view, canvas, scroller, spacer) {
    Object.assign(this, { view, canvas, scroller, spacer });
    this.drawn = { arrows: 0, densities: 0, events: 0, lanes: 0, faults: 0 };
    this.targets = [];
  }

  get top() {
    return this.faultsTop + this.faultRows * FAULT_HEIGHT + 4;
  }

  get faultsTop() {
    return AXIS_HEIGHT + (this.view.records.run.marks.length > 0 ? MARKS_HEIGHT : 0);
  }

  get faultRows() {
    return this.view.faultRows;
  }

  laneY(row) {
    return this.top + row * LANE_HEIGHT + 22 - this.scroller.scrollTop;
  }

  draw() {
    const { view, scroller } = this;
    const { span, rows } = view;
    const needed = this.top + rows.lanes.length * LANE_HEIGHT + 8;
    scroller.parentElement.style.setProperty("--needed", `${Math.max(needed, 340)}px`);
    const [width, height] = [scroller.clientWidth, scroller.clientHeight];
    this.spacer.style.height = `${Math.max(height, needed)}px`;
    span.width = Math.max(100, width - LABEL_WIDTH);
    const pen = prepare(this.canvas, width, height);
    this.drawn = { arrows: 0, densities: 0, events: 0, lanes: 0, faults: 0 };
    this.targets = [];
    this.places = new Places();
    this.first = Math.max(0, Math.floor((scroller.scrollTop - LANE_HEIGHT) / LANE_HEIGHT));
    this.last = Math.min(rows.lanes.length - 1, Math.ceil((scroller.scrollTop + height) / LANE_HEIGHT));
    this.height = height;
    pen.save();
    pen.beginPath();
    pen.rect(LABEL_WIDTH, this.top - 2, span.width, height);
    pen.clip();
    for (let row = this.first; row <= this.last; row += 1) this.drawStripe(pen, row);
    for (let row = this.first; row <= this.last; row += 1) this.drawLane(pen, row);
    coverUnknown(pen, span, view.records.run.crowded, this.top - 2, height);
    this.drawTouched(pen);
    this.drawRecords(pen);
    pen.restore();
    this.drawLabels(pen);
    this.coverTop(pen, width);
    drawAxis(pen, span, this.top - 4);
    this.drawFaults(pen);
    this.drawMarks(pen);
    drawCursor(pen, span, view.moment.at, height);
  }

  // The ground above the lanes, which scroll below it.
  coverTop(pen, width) {
    pen.fillStyle = palette.ground;
    pen.fillRect(0, 0, width, this.top - 4);
    pen.strokeStyle = palette.line;
    pen.lineWidth = 1;
    pen.strokeRect(-1, this.top - 3.5, width + 2, 0);
    pen.font = SMALL_FONT;
    pen.fillStyle = palette.muted;
    pen.textBaseline = "middle";
    if (this.faultRows > 0) pen.fillText("faults", 12, this.faultsTop + FAULT_HEIGHT / 2);
    if (this.faultsTop > AXIS_HEIGHT) pen.fillText("judgements", 12, AXIS_HEIGHT + MARKS_HEIGHT / 2);
  }

  // Every second lane has a ground of its own.
  drawStripe(pen, row) {
    if (row % 2 === 0) return;
    pen.fillStyle = palette.stripe;
    pen.fillRect(LABEL_WIDTH, this.laneY(row) - 22, this.view.span.width, LANE_HEIGHT);
  }

  drawLane(pen, row) {
    const { span, rows } = this.view;
    const lane = rows.lanes[row];
    const y = this.laneY(row);
    this.drawn.lanes += 1;
    const begin = Math.max(0, lane.placeAt(span.from));
    let painted = -1;
    for (let i = begin; i < lane.times.length && lane.times[i] <= span.to; i += 1) {
      const from = Math.max(LABEL_WIDTH, LABEL_WIDTH + span.x(lane.times[i]));
      const next = i + 1 < lane.times.length ? lane.times[i + 1] : span.end;
      const to = Math.min(LABEL_WIDTH + span.width, LABEL_WIDTH + span.x(next));
      if (to <= painted) continue;
      painted = to;
      this.drawState(pen, lane, i, from, to, y);
    }
    this.drawFolds(pen, lane, y);
  }

  drawState(pen, lane, i, from, to, y) {
    const word = lane.words[i];
    const tone = toneOf(word);
    pen.fillStyle = palette[tone];
    if (tone === "gone") pen.fillRect(from, y - 0.5, Math.max(1, to - from), 1);
    else pen.fillRect(from, y - 3, Math.max(1, to - from), 6);
    const isNew = i === 0 || lane.words[i - 1] !== word || from <= LABEL_WIDTH;
    if (!isNew) return;
    pen.font = SMALL_FONT;
    pen.textBaseline = "alphabetic";
    const width = pen.measureText(word).width;
    // What passes at once has a name only if it is bad.
    if (to - from < width / 2 && tone !== "bad" && tone !== "gone") return;
    if (from + width + 4 > LABEL_WIDTH + this.view.span.width) return;
    if (!this.places.take(from + 2, y - 17, width + 8, 12)) return;
    pen.fillStyle = tone === "gone" ? palette.muted : palette[tone];
    pen.fillText(word, from + 2, y - 7);
  }

  // Heartbeats that are only counted, as thin lines and numbers below the lane. Stretches that are
  // too narrow for their number are told together.
  drawFolds(pen, lane, y) {
    const { span } = this.view;
    let together = null;
    for (const fold of lane.folds) {
      if (fold.to < span.from || fold.from > span.to) continue;
      if (together) [together.to, together.count] = [fold.to, together.count + fold.count];
      else together = { ...fold };
      if (((together.to - together.from) / span.length) * span.width < FOLD_WIDTH) continue;
      this.drawFold(pen, together, y);
      together = null;
    }
    if (together) this.drawFold(pen, together, y);
  }

  drawFold(pen, fold, y) {
    const { span } = this.view;
    const from = Math.max(LABEL_WIDTH, LABEL_WIDTH + span.x(fold.from));
    const to = Math.min(LABEL_WIDTH + span.width, LABEL_WIDTH + span.x(fold.to));
    const text = `${fold.count} ♥`;
    pen.font = SMALL_FONT;
    pen.textBaseline = "middle";
    pen.fillStyle = palette.line;
    pen.fillRect(from + 1, y + 9, Math.max(1, to - from - 2), 1);
    const width = pen.measureText(text).width;
    const x = (from + to) / 2 - width / 2;
    if (to - from > width && this.places.take(x, y + 4, width, 12)) haloed(pen, text, x, y + 10, palette.muted);
  }

  // Lanes that an active fault names, on its band.
  drawTouched(pen) {
    const { span, rows } = this.view;
    pen.fillStyle = palette.fault;
    pen.globalAlpha = 0.1;
    for (const fault of this.view.faults) {
      if (fault.from > span.to || fault.to < span.from) continue;
      const from = LABEL_WIDTH + Math.max(0, span.x(fault.from));
      const to = LABEL_WIDTH + Math.min(span.width, span.x(Math.min(fault.to, span.end)));
      for (let row = this.first; row <= this.last; row += 1) {
        if (!fault.names.has(rows.lanes[row].name)) continue;
        pen.fillRect(from, this.laneY(row) - 22, Math.max(2, to - from), LANE_HEIGHT);
      }
    }
    pen.globalAlpha = 1;
  }

  // The records of the stretch that is seen, and long arrows that cross it.
  drawRecords(pen) {
    const { records, span, steps } = this.view;
    const [begin, end] = [records.firstAt(span.from), records.firstAt(span.to + LONG_FLIGHT)];
    const arrows = [], events = [];
    let isTooMuch = false;
    const sort = (i) => {
      if (!steps.passes(i)) return;
      if (records.kind[i] !== ARROW) {
        if (records.at[i] <= span.to && records.lane[i] >= 0) events.push(i);
      } else if (!isTooMuch && this.isNear(i)) {
        arrows.push(i);
        isTooMuch = arrows.length > ARROWS_MAX;
      }
    };
    for (const i of records.long) if (i < begin || i >= end) sort(i);
    for (let i = begin; i < end; i += 1) sort(i);
    if (isTooMuch) this.drawDensity(pen, begin, end);
    else this.drawArrows(pen, arrows);
    this.drawEvents(pen, events);
  }

  // Whether an arrow, from end to end, may be seen.
  isNear(i) {
    const { records, span, rows } = this.view;
    const sent = records.at[i] - Math.max(0, records.flight[i]);
    if (sent > span.to || records.at[i] < span.from) return false;
    if (records.fate[i] === LOST && sent < span.from) return false;
    const [to, from] = [rows.rowOf[records.lane[i]], rows.rowOf[records.from[i]]];
    if (to < 0 && from < 0) return false;
    const [top, bottom] = [to < 0 ? from : to, from < 0 ? to : from];
    return Math.max(top, bottom) >= this.first && Math.min(top, bottom) <= this.last;
  }

  drawArrows(pen, arrows) {
    const { length } = arrows;
    const isNamed = (name) => length <= (messageColour(name) === palette.quiet ? QUIET_NAMED_MAX : NAMED_MAX);
    for (const i of arrows) this.drawArrow(pen, i, isNamed);
  }

  drawArrow(pen, i, isNamed) {
    const { records, span, rows, moment } = this.view;
    const name = records.run.kinds[records.label[i]][1];
    const [toRow, fromRow] = [rows.rowOf[records.lane[i]], rows.rowOf[records.from[i]]];
    let [x0, x1] = [
      LABEL_WIDTH + span.x(records.at[i] - Math.max(0, records.flight[i])), LABEL_WIDTH + span.x(records.at[i]),
    ];
    let y0 = fromRow < 0 ? this.laneY(toRow) - 14 : this.laneY(fromRow);
    let y1 = toRow < 0 ? this.laneY(fromRow) + 14 : this.laneY(toRow);
    const isLost = records.fate[i] === LOST;
    if (isLost) [x1, y1] = [x0 + 10, y0 + (y1 - y0) * 0.4];
    const isChosen = moment.record === i;
    const isMatch = this.view.steps.isMatch(i);
    const colour = isChosen || isMatch ? palette.accent : isLost ? palette.bad : messageColour(name);
    this.drawn.arrows += 1;
    this.targets.push({ i, x0, y0, x1, y1 });
    pen.strokeStyle = colour;
    pen.lineWidth = isChosen ? 2.5 : 1;
    pen.setLineDash(isLost || records.fate[i] === DROPPED ? [3, 3] : []);
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
    pen.stroke();
    pen.setLineDash([]);
    if (isLost || records.fate[i] === DROPPED) drawCross(pen, x1, y1, palette.bad);
    else drawHead(pen, x0, y0, x1, y1, colour);
    if (isChosen || isNamed(name)) this.nameArrow(pen, name, (x0 + x1) / 2, (y0 + y1) / 2, colour);
  }

  // Below the bar of the lane that is nearest to the middle, or of one beside it.
  nameArrow(pen, name, x, y, colour) {
    pen.font = SMALL_FONT;
    pen.textBaseline = "middle";
    const width = pen.measureText(name).width;
    const row = Math.floor((y - this.laneY(0)) / LANE_HEIGHT);
    for (const by of [0, -1, 1]) {
      const line = this.laneY(row + by) + 10;
      if (row + by < 0 || line > y + LANE_HEIGHT || !this.places.take(x + 4, line - 6, width + 6, 12)) continue;
      haloed(pen, name, x + 6, line, colour);
      return;
    }
  }

  // Where arrows are too many: on each lane, a stroke for each pixel where something arrives.
  drawDensity(pen, begin, end) {
    const { records, span, steps, rows } = this.view;
    const width = Math.ceil(span.width);
    const counts = new Uint32Array((this.last - this.first + 1) * width);
    for (let i = begin; i < end; i += 1) {
      if (records.kind[i] !== ARROW || records.at[i] > span.to || !steps.passes(i)) continue;
      const x = Math.min(width - 1, Math.floor(span.x(records.at[i])));
      for (const lane of [records.lane[i], records.from[i]]) {
        const row = rows.rowOf[lane];
        if (row >= this.first && row <= this.last) counts[(row - this.first) * width + x] += 1;
      }
    }
    pen.fillStyle = palette.join;
    counts.forEach((count, place) => {
      if (count === 0) return;
      const y = this.laneY(this.first + Math.floor(place / width));
      const high = Math.min(12, 3 + Math.log2(count) * 2);
      pen.globalAlpha = Math.min(1, 0.35 + count / 20);
      pen.fillRect(LABEL_WIDTH + (place % width), y - high / 2, 1, high);
      this.drawn.densities += 1;
    });
    pen.globalAlpha = 1;
  }

  drawEvents(pen, events) {
    const { records, span, rows, moment, steps } = this.view;
    let lastX = -9, lastRow = -1;
    for (const i of events) {
      const row = rows.rowOf[records.lane[i]];
      if (row < this.first || row > this.last) continue;
      const x = LABEL_WIDTH + span.x(records.at[i]);
      const isChosen = moment.record === i;
      if (row === lastRow && x - lastX < 1 && !isChosen) continue;
      [lastX, lastRow] = [x, row];
      const y = this.laneY(row);
      const size = isChosen ? 5 : records.kind[i] === EVENT ? 3 : 2;
      pen.fillStyle = isChosen || steps.isMatch(i) ? palette.accent : records.kind[i] === EVENT ? palette.text : palette.muted;
      pen.beginPath();
      pen.arc(x, y, size, 0, 2 * Math.PI);
      pen.fill();
      this.drawn.events += 1;
      this.targets.push({ i, x0: x, y0: y, x1: x, y1: y });
    }
  }

  drawFaults(pen) {
    const { span } = this.view;
    pen.font = SMALL_FONT;
    pen.textBaseline = "middle";
    for (const fault of this.view.faults) {
      if (fault.from > span.to || fault.to < span.from || fault.level >= FAULT_ROWS) continue;
      const from = LABEL_WIDTH + Math.max(0, span.x(fault.from));
      const to = LABEL_WIDTH + Math.min(span.width, span.x(Math.min(fault.to, span.end)));
      const y = this.faultsTop + fault.level * FAULT_HEIGHT;
      pen.fillStyle = palette.fault;
      pen.globalAlpha = 0.22;
      pen.fillRect(from, y + 1, Math.max(2, to - from), FAULT_HEIGHT - 2);
      pen.globalAlpha = 1;
      pen.fillRect(from, y + 1, 2, FAULT_HEIGHT - 2);
      pen.fillStyle = palette.text;
      pen.fillText(fitted(pen, fault.text, to - from - 8), from + 6, y + FAULT_HEIGHT / 2 + 0.5);
      this.drawn.faults += 1;
    }
  }

  drawMarks(pen) {
    const { span, records } = this.view;
    for (const mark of records.run.marks) {
      if (mark.at < span.from || mark.at > span.to) continue;
      const x = LABEL_WIDTH + span.x(mark.at);
      const colour = mark.mark === "failed" ? palette.bad : mark.mark === "held" ? palette.good : palette.busy;
      pen.strokeStyle = colour;
      pen.lineWidth = 1;
      pen.setLineDash([2, 3]);
      pen.beginPath();
      pen.moveTo(x, 20);
      pen.lineTo(x, this.height);
      pen.stroke();
      pen.setLineDash([]);
      pen.font = `bold ${FONT}`;
      pen.textBaseline = "middle";
      haloed(pen, MARK_SIGNS[mark.mark], x - 4, AXIS_HEIGHT + MARKS_HEIGHT / 2, colour);
    }
  }

  // Names of the lanes, on a ground of their own.
  drawLabels(pen) {
    pen.fillStyle = palette.ground;
    pen.fillRect(0, 0, LABEL_WIDTH, this.height);
    pen.textBaseline = "middle";
    for (let row = this.first; row <= this.last; row += 1) {
      const lane = this.view.rows.lanes[row];
      const y = this.laneY(row);
      const indent = lane.parent >= 0 ? 22 : 10;
      const word = lane.wordAt(this.view.moment.at);
      pen.fillStyle = palette[toneOf(word)];
      pen.fillRect(indent - 6, y - 8, 3, 16);
      pen.font = FONT;
      pen.fillStyle = lane.parent >= 0 ? palette.muted : palette.text;
      pen.fillText(fitted(pen, lane.name, LABEL_WIDTH - indent - 8), indent + 2, y);
    }
    pen.strokeStyle = palette.line;
    pen.lineWidth = 1;
    pen.strokeRect(LABEL_WIDTH - 0.5, 0, 0, this.height);
  }

  // The record closest to a place of the drawing; -1 if none is near.
  nearest(x, y) {
    let best = -1, least = 8;
    for (const { i, x0, y0, x1, y1 } of this.targets) {
      const distance = distanceToLine(x, y, x0, y0, x1, y1);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }
}

function drawHead(pen, x0, y0, x1, y1, colour) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x1 - 7 * Math.cos(angle - 0.4), y1 - 7 * Math.sin(angle - 0.4));
  pen.lineTo(x1 - 7 * Math.cos(angle + 0.4), y1 - 7 * Math.sin(angle + 0.4));
  pen.fill();
}

function drawCross(pen, x, y, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(x - 3, y - 3);
  pen.lineTo(x + 3, y + 3);
  pen.moveTo(x + 3, y - 3);
  pen.lineTo(x - 3, y + 3);
  pen.stroke();
}

function distanceToLine(x, y, x0, y0, x1, y1) {
  const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const share = square === 0 ? 0 : clamp(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / square, 0, 1);
  return Math.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0));
}

// The records of the run: read from the script elements of the page, chunk by chunk, into columns.
// The form in which they are written is told in ../record.rs.

const EVENT = 0, DETAIL = 1, ARROW = 2, STATE = 3, FAULT_BEGINS = 4, FAULT_ENDS = 5, FOLD = 6;
const ARRIVED = 0, LOST = 1, DROPPED = 2;
const FATES = ["", "never arrived", "taken away by a fault", "held, moved or repeated by a fault"];

// An arrow that is longer than this, in nanoseconds, is looked for wherever the view is.
const LONG_FLIGHT = 1e9;

class Records {
  constructor(run) {
    this.run = run;
    this.lanes = [];
    this.texts = [];
    this.faults = [];
    this.long = [];
    this.count = 0;
    this.reserve(Math.max(1024, run.records));
  }

  // Columns: when; what; whose lane; the sender's lane; which text, kind of message or fault; how
  // long it travelled (-1: not known); what became of it.
  reserve(capacity) {
    const grown = (Column, old) => {
      const column = new Column(capacity);
      if (old) column.set(old);
      return column;
    };
    this.at = grown(Float64Array, this.at);
    this.flight = grown(Float64Array, this.flight);
    this.kind = grown(Uint8Array, this.kind);
    this.fate = grown(Uint8Array, this.fate);
    this.lane = grown(Int32Array, this.lane);
    this.from = grown(Int32Array, this.from);
    this.label = grown(Int32Array, this.label);
    this.capacity = capacity;
  }

  addChunk(chunk) {
    for (const [name, role, parent] of chunk.lanes) {
      this.lanes.push(new Lane(this.lanes.length, name, role, parent));
    }
    const word = this.texts.length;
    for (const text of chunk.words) this.texts.push(text);
    const numbers = chunk.records;
    let at = chunk.at;
    for (let i = 0; i < numbers.length;) {
      at += numbers[i + 1];
      i = this.addRecord(numbers, i, at, word);
    }
  }

  // Adds the record that begins at `i`; where the next one begins.
  addRecord(numbers, i, at, word) {
    const kind = numbers[i];
    switch (kind) {
      case EVENT:
      case DETAIL:
        this.push(at, kind, numbers[i + 2], -1, word + numbers[i + 3], 0, 0);
        return i + 4;
      case ARROW:
        this.push(at, kind, numbers[i + 2], numbers[i + 3], numbers[i + 4], numbers[i + 5], numbers[i + 6]);
        return i + 7;
      case STATE:
        this.lanes[numbers[i + 2]].enter(at, this.texts[word + numbers[i + 3]], this.texts[word + numbers[i + 4]]);
        return i + 5;
      case FAULT_BEGINS:
        this.faults.push({ row: numbers[i + 2], from: at, to: Infinity });
        this.push(at, kind, -1, -1, numbers[i + 2], 0, 0);
        return i + 3;
      case FAULT_ENDS:
        this.endFault(numbers[i + 2], at);
        this.push(at, kind, -1, -1, numbers[i + 2], 0, 0);
        return i + 3;
      case FOLD:
        this.lanes[numbers[i + 2]].folds.push({ from: at - numbers[i + 4], to: at, count: numbers[i + 3] });
        return i + 5;
      default:
        throw new Error(`a record of kind ${kind}`);
    }
  }

  endFault(row, at) {
    const fault = this.faults.findLast((one) => one.row === row && one.to === Infinity);
    if (fault) fault.to = at;
  }

  push(at, kind, lane, from, label, flight, fate) {
    if (this.count === this.capacity) this.reserve(2 * this.capacity);
    const i = this.count++;
    this.at[i] = at;
    this.kind[i] = kind;
    this.lane[i] = lane;
    this.from[i] = from;
    this.label[i] = label;
    this.flight[i] = flight;
    this.fate[i] = fate;
    if (flight > LONG_FLIGHT) this.long.push(i);
  }

  // The first record that is not earlier than `at`.
  firstAt(at) {
    let low = 0, high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at[middle] < at) low = middle + 1; else high = middle;
    }
    return low;
  }

  faultText(row) {
    const text = this.run.faults[row];
    return text ? `fault ${row + 1}: ${text}` : `fault ${row + 1}`;
  }

  laneName(lane) {
    return lane < 0 ? "the run" : this.lanes[lane].name;
  }

  // What a record says, in a sentence.
  sentence(i) {
    const label = this.label[i];
    switch (this.kind[i]) {
      case FAULT_BEGINS: return `${this.faultText(label)} begins`;
      case FAULT_ENDS: return `${this.faultText(label)} ends`;
      case ARROW: return this.arrowSentence(i);
      default: return this.lane[i] < 0 ? this.texts[label] : `${this.laneName(this.lane[i])}: ${this.texts[label]}`;
    }
  }

  arrowSentence(i) {
    const name = this.run.kinds[this.label[i]][1];
    const way = `${this.laneName(this.from[i])} → ${this.laneName(this.lane[i])}`;
    const fate = FATES[this.fate[i]];
    if (fate) return `${way}: ${name}, ${fate}`;
    if (this.flight[i] < 0) return `${way}: ${name}`;
    return `${way}: ${name}, ${showLength(this.flight[i])} on its way`;
  }
}

// Reads all chunks, a few at a time so that the page stays usable. Calls `more` now and then, and
// `done` at the end. What was read is taken out of the document.
function readChunks(records, more, done) {
  const scripts = Array.from(document.querySelectorAll("script.chunk"));
  let next = 0;
  const read = (until) => {
    while (next < scripts.length && performance.now() < until) {
      records.addChunk(JSON.parse(scripts[next].textContent));
      scripts[next].remove();
      next += 1;
    }
    if (next === scripts.length) return done();
    more(next / scripts.length);
    setTimeout(() => read(performance.now() + 60), 0);
  };
  read(performance.now() + 150);
}

// Time: how it is written, and which stretch of it is seen.

const SECOND = 1e9;

// An instant with so many digits that two instants `step` apart look different.
function showInstant(at, step = 1e6) {
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step / SECOND) - 1e-9)));
  return `${(at / SECOND).toFixed(digits)} s`;
}

// A length of time in the unit that suits it.
function showLength(length) {
  if (length >= 100 * SECOND) return `${Math.round(length / SECOND)} s`;
  if (length >= SECOND) return `${(length / SECOND).toPrecision(3)} s`;
  if (length >= 1e6) return `${(length / 1e6).toPrecision(3)} ms`;
  return `${(length / 1e3).toPrecision(3)} µs`;
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

// The stretch of time that is seen, on so many pixels.
class Span {
  constructor(end) {
    this.end = Math.max(end, 1e6);
    this.width = 1000;
    this.showAll();
  }

  showAll() {
    this.from = 0;
    this.to = this.end;
  }

  get length() {
    return this.to - this.from;
  }

  x(at) {
    return ((at - this.from) / this.length) * this.width;
  }

  at(x) {
    return this.from + (x / this.width) * this.length;
  }

  show(from, to) {
    const length = clamp(to - from, 1e3, this.end);
    this.from = clamp(from, 0, this.end - length);
    this.to = this.from + length;
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    const length = clamp(this.length * factor, 1e3, this.end);
    const share = (at - this.from) / this.length;
    this.show(at - share * length, at + (1 - share) * length);
  }

  pan(share) {
    const by = share * this.length;
    this.show(this.from + by, this.to + by);
  }

  // Moves as little as is needed to see an instant.
  reveal(at) {
    const margin = 0.1 * this.length;
    if (at < this.from || at > this.to) this.show(at - this.length / 2, at + this.length / 2);
    else if (at < this.from + margin) this.pan((at - this.from) / this.length - 0.3);
    else if (at > this.to - margin) this.pan((at - this.to) / this.length + 0.3);
  }

  // Round instants about 110 pixels apart, and the distance between them.
  ticks() {
    const wanted = (this.length * 110) / this.width;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= wanted);
    const ticks = [];
    for (let n = Math.ceil(this.from / step); n * step <= this.to; n += 1) ticks.push(n * step);
    return { ticks, step };
  }
}
